"""Tasks, and a missed caller who is to be called back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_core.editing import UNSET, Edited

KINDS = ("task", "call", "call_back", "meeting")
SCOPES = ("today", "overdue", "upcoming", "undated", "open", "done", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """Somebody rang and nobody answered."""

    contact_id: int
    conversation_id: int | None = None
    assignee_id: int | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to do. `contact_id` is the identity it was made for, `root_id` the living contact."""

    id: int
    title: str
    kind: str
    note: str
    contact_id: int | None
    root_id: int | None
    contact_name: str
    deal_id: int | None
    deal_title: str
    conversation_id: int | None
    assignee_id: int | None
    assignee_name: str
    created_by: int | None
    due_at: datetime | None
    remind_at: datetime | None
    done_at: datetime | None
    done_reason: str
    created_at: datetime
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def is_done(self) -> bool:
        return self.done_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task to write; `created_by` nobody is the product."""

    title: str
    kind: str = "task"
    note: str = ""
    contact_id: int | None = None
    deal_id: int | None = None
    conversation_id: int | None = None
    assignee_id: int | None = None
    created_by: int | None = None
    due_at: datetime | None = None
    remind_at: datetime | None = None
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskValues:
    """What people edit of a task, as it is kept, with whom it is about and whether it is done."""

    title: str
    kind: str
    note: str
    contact_id: int | None
    deal_id: int | None
    conversation_id: int | None
    assignee_id: int | None
    due_at: datetime | None
    remind_at: datetime | None
    done_at: datetime | None
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChanges:
    """An edit of a task."""

    title: Edited[str] = UNSET
    kind: Edited[str] = UNSET
    note: Edited[str] = UNSET
    assignee_id: Edited[int | None] = UNSET
    due_at: Edited[datetime | None] = UNSET
    remind_at: Edited[datetime | None] = UNSET
    deal_id: Edited[int | None] = UNSET
    fields: Edited[Mapping[str, Any]] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A task whose time to be reminded of has come."""

    id: int
    title: str
    contact_id: int | None
    deal_id: int | None
    assignee_id: int | None
    due_at: datetime | None
