"""A company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company; people with a mail address at its domain belong to it."""

    id: int
    name: str
    domain: str
    phone: str
    note: str
    owner_id: int | None
    owner_name: str
    created_at: datetime
    contacts: int
