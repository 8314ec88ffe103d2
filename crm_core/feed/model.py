"""Places in a feed, and what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_core.activity.model import Written


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A transaction, and a fact of it; a later commit never stands before one that was read."""

    tx: int
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A fact of the feed; `cause` is what it came from where that is no person's single edit: bulk, import, ..."""

    place: Place
    written: Written
    cause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact as a reader gets it."""

    id: int
    kind: str
    at: datetime
    contact_id: int | None
    deal_id: int | None
    conversation_id: int | None
    company_id: int | None
    user_id: int | None
    cause: str | None
    data: Mapping[str, Any]
