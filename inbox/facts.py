"""What can happen to conversations, messages and calls: every kind of fact of this floor, with its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from crm_core.events import Fact
from values.sentences import phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationOpened(Fact):
    kind: ClassVar = "conversation.opened"
    title: ClassVar = phrase("Conversation began")
    scope: ClassVar = "conversations"

    channel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationAssigned(Fact):
    kind: ClassVar = "conversation.assigned"
    title: ClassVar = phrase("Conversation assigned")
    scope: ClassVar = "conversations"

    assignee_id: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationHandedOver(Fact):
    """The bot gave it to a person."""

    kind: ClassVar = "conversation.handed_over"
    title: ClassVar = phrase("Bot handed over")
    scope: ClassVar = "conversations"

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed(Fact):
    kind: ClassVar = "conversation.closed"
    title: ClassVar = phrase("Conversation closed")
    scope: ClassVar = "conversations"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationReopened(Fact):
    kind: ClassVar = "conversation.reopened"
    title: ClassVar = phrase("Conversation reopened")
    scope: ClassVar = "conversations"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSnoozed(Fact):
    kind: ClassVar = "conversation.snoozed"
    title: ClassVar = phrase("Conversation snoozed")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Fact):
    """The message itself stands in the thread; `text` is its beginning."""

    kind: ClassVar = "message.received"
    title: ClassVar = phrase("Message received")
    scope: ClassVar = "conversations"
    words: ClassVar = ("text",)
    is_kept: ClassVar = False

    channel_id: int
    external_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Fact):
    kind: ClassVar = "message.sent"
    title: ClassVar = phrase("Message sent")
    scope: ClassVar = "conversations"
    words: ClassVar = ("text",)
    is_kept: ClassVar = False

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMissed(Fact):
    """`duration` in seconds; `user` is the extension that answered."""

    kind: ClassVar = "call.missed"
    title: ClassVar = phrase("Missed call")
    scope: ClassVar = "conversations"

    outcome: str
    duration: int | None
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallMissed):
    kind: ClassVar = "call.ended"
    title: ClassVar = phrase("Call")


KINDS: tuple[type[Fact], ...] = (
    ConversationOpened,
    ConversationAssigned,
    ConversationHandedOver,
    ConversationClosed,
    ConversationReopened,
    ConversationSnoozed,
    MessageReceived,
    MessageSent,
    CallMissed,
    CallEnded,
)
