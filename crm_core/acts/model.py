"""An act as it is kept, what causes one, and what undoing one left as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Cause = Literal["user", "token", "import", "run", "merge", "bulk", "system"]
Record = Literal["company", "contact", "deal", "lead", "task"]
"""Records whose every change is kept, and which can lie in the bin."""
RECORDS: tuple[Record, ...] = ("company", "contact", "deal", "lead", "task")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of a person. `concerns` are users who lost or got something by it and may take it back as well.

    `cause_id` is which import, run or bulk, `parent_id` of an undo the act that it took back.
    """

    id: UUID
    kind: str
    user_id: int | None
    user_name: str
    concerns: tuple[int, ...]
    conversation_id: int | None
    message_id: int | None
    at: datetime
    undone_at: datetime | None
    cause: Cause = "user"
    cause_id: int | None = None
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A field that an undo left as it is, because somebody changed it since; '' is a record on which something hangs."""

    object: Record
    record: int
    field: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A record."""

    object: Record
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What an undo did: the act that it is itself (undoing that is the redo), how many records it put back, what stays.

    `after` is where the next batch begins; None: that was all.
    """

    act_id: UUID
    records: int
    left: tuple[Left, ...]
    after: Ref | None = None
