"""An act as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of a person. `concerns` are users who lost or got something by it and may take it back as well."""

    id: UUID
    kind: str
    user_id: int | None
    user_name: str
    concerns: tuple[int, ...]
    conversation_id: int | None
    message_id: int | None
    at: datetime
    undone_at: datetime | None
