"""A call as people see it at their desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inbox.calls.fold import MISSED

VIEWS = ("all", "missed", "answered", "outgoing")
RESULTS = ("reached", "later", "voicemail", "wrong", "refused")
"""What a talk came to, as the manager says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """A call with its people. `contact_id` is the living contact; `user` is the telephone, `user_name` whose it is; `said` is
    the name and number that the line showed where that is somebody else at the contact's number."""

    id: int
    conversation_id: int
    channel_id: int
    channel_name: str
    contact_id: int
    contact_name: str
    assignee_id: int | None
    caller: str
    number: str
    user: str
    user_id: int | None
    user_name: str
    state: str
    outcome: str
    outbound: bool
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    waited: int | None
    duration: int | None
    note: str
    result: str
    attachment_id: UUID | None
    has_recording: bool
    recording_note: str
    said: str = ""

    @property
    def is_missed(self) -> bool:
        return self.state == "ended" and not self.outbound and self.outcome in MISSED


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of a call, for its history."""

    step: str
    at: datetime
    user: str
    leg: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """How often and when a contact rang in vain since they were last reached, and their last such call."""

    contact_id: int
    number: str
    call_id: int
    conversation_id: int
    channel_name: str
    rang: int
    tried: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Rung):
    """Somebody who rang in vain and was not reached since, with their task."""

    task_id: int
    contact_name: str
    assignee_id: int | None
    assignee_name: str
    due_at: datetime | None
