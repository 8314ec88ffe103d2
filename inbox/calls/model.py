"""A call as it stood before a step."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from inbox.calls.fold import MISSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is stored of a call. `owner_id` is the caller's own manager and `said` another name that the line showed, known
    while the call is new."""

    id: int
    conversation_id: int
    caller: str = ""
    message_id: int | None = None
    attachment_id: UUID | None = None
    state: str = ""
    outcome: str = ""
    outbound: bool = False
    owner_id: int | None = None
    said: str = ""

    @property
    def is_missed(self) -> bool:
        return self.state == "ended" and not self.outbound and self.outcome in MISSED
