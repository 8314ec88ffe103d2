"""What lies in the bin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from crm_core.acts.model import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Records that went into the bin or came out of it, and the act that did it; None where none did."""

    act_id: UUID | None
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A record that went into the bin or came out, with what its history is told by."""

    id: int
    contact_id: int | None
    deal_id: int | None
    company_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """A line of the bin. `is_stuck`: its time is over, but something hangs on it."""

    object: Record
    id: int
    title: str
    deleted_at: datetime
    deleted_by: int | None
    user_name: str
    is_stuck: bool
