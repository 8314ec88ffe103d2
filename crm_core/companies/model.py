"""A company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_core.editing import UNSET, Edited


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
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyValues:
    """What people edit of a company, as it is kept."""

    name: str = ""
    domain: str | None = None
    phone: str = ""
    note: str = ""
    owner_id: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyChanges:
    """An edit of a company."""

    name: Edited[str] = UNSET
    domain: Edited[str | None] = UNSET
    phone: Edited[str] = UNSET
    note: Edited[str] = UNSET
    owner_id: Edited[int | None] = UNSET
    fields: Edited[Mapping[str, Any]] = UNSET
