"""Calls as they stood before a step, and what begins one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from connectors.contract import CallStep
from inbox.calls.fold import MISSED

Key: TypeAlias = tuple[int, str]
"""Channel and the provider's name of the call."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call that begins with this step, and where it stands."""

    channel_id: int
    step: CallStep
    contact_id: int
    conversation_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A call's line in its thread, as it is to be now."""

    message_id: int
    data: dict[str, Any]
    text: str
    at: datetime
