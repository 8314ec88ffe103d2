"""A step that is taken in, and the call that it touches while that is brought up to date."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from connectors.contract import CallStep
from inbox.calls.fold import Call
from inbox.calls.model import Key, Known
from inbox.conversations.model import Conversation
from inbox.intake.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A step of a call, and the input that it came with."""

    work: Work
    step: CallStep

    @property
    def key(self) -> Key:
        return self.work.channel.id, self.step.call_id


@dataclass(slots=True, kw_only=True)
class Touched:
    """A call that something was told of: as it stood, what it folds to now, its conversation and its line there."""

    known: Known
    channel_id: int
    journal_id: int | None = None
    call: Call = field(init=False)
    conversation: Conversation = field(init=False)
    message_id: int = field(init=False)
    attachment_id: UUID | None = None

    @property
    def is_ringing_in(self) -> bool:
        return self.call.state == "ringing" and not self.call.outbound

    @property
    def kept(self) -> Known:
        """What is known of it, with its line and its recording."""
        return replace(self.known, message_id=self.message_id, attachment_id=self.attachment_id)
