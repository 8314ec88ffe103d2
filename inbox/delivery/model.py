"""What travels through a delivery: a claimed message or amendment, the outcome of a try, and what recording it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from connectors.contract import Button, Part


class ClaimedDelivery(Struct, frozen=True, kw_only=True):
    """A message to send now, its try already recorded; `state` is "cancelled" where somebody else took the conversation.

    `channel_id` is the channel it leaves by, `home_channel_id` the conversation's. What stands in `parts` and `data` is read
    when it is asked for: one that cannot be read spoils its own try and not the claim.
    """

    id: UUID
    message_id: int
    conversation_id: int
    channel_id: int
    by_bot: bool
    attempts: int
    state: str
    parts: list[list[str]]
    text: str
    html: str
    subject: str
    data: dict[str, Any]
    sender_name: str | None
    signature: str | None
    handle_kind: str
    handle_value: str
    thread: str
    home_channel_id: int
    conversation_subject: str
    contact_id: int
    assignee_id: int | None
    to_name: str
    has_files: bool

    @property
    def arrived(self) -> tuple[Part, ...]:
        """What of it earlier tries brought to the person."""
        return tuple(Part(external_id=id_, carries=carries) for id_, carries in self.parts)

    @property
    def marked(self) -> str:
        return str(self.data.get("marked") or "")

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(Button(**button) for button in self.data.get("buttons", ()))

    @property
    def copies(self) -> tuple[str, ...]:
        return tuple(self.data.get("copies", ()))

    @property
    def blind_copies(self) -> tuple[str, ...]:
        return tuple(self.data.get("blind_copies", ()))

    @property
    def answers_id(self) -> int | None:
        """The message that its author chose to answer."""
        return (self.data.get("answers") or {}).get("id")

    @property
    def is_unasked(self) -> bool:
        """Whether the bot writes this by itself, not as an answer."""
        return bool(self.by_bot and self.data.get("unasked"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOutcome:
    """The outcome of one try, to be recorded. `outcome`: sent retry refused unreachable credentials unknown.

    `rest` are the seconds until the conversation's next message may leave, whichever process sends it.
    """

    id: UUID
    outcome: str
    reason: str = ""
    external_id: str = ""
    again_in: float = 0
    sent_at: datetime | None = None
    parts: tuple[Part, ...] = ()
    rest: float = 0


class RecordedDelivery(Struct, frozen=True, kw_only=True):
    """A message whose outcome was recorded; `channel_id` is the conversation's channel, `sender_id` the one it left by."""

    id: int
    conversation_id: int
    channel_id: int
    delivery: str
    sender_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedAmendment:
    """New words for a message that went out, or its removal, to carry out now."""

    id: UUID
    message_id: int
    conversation_id: int
    channel_id: int
    removes: bool
    text: str
    marked: str
    attempts: int
    external_id: str
    data: dict[str, Any]
    handle_kind: str
    handle_value: str
    thread: str

    @property
    def parts(self) -> tuple[Part, ...]:
        """The provider's messages that ours went out as."""
        parts: list[list[str]] = self.data.get("parts") or [[self.external_id, "text"]]
        return tuple(Part(external_id=id_, carries=carries) for id_, carries in parts)
