"""What the steps of taking messages in hand on: understood, linked to what it answers, identified, placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from connectors.contract import InboundMessage
from crm_core.contacts.model import Resolved
from inbox.conversations.model import Conversation
from inbox.intake.work import Work


class Referenced(Struct, frozen=True, kw_only=True):
    """A message that another one names, and the conversation where it stands."""

    message_id: int
    conversation_id: int
    contact_id: int
    handle_kind: str
    handle_value: str
    subject: str
    conversation_subject: str
    thread: str
    copies: Sequence[str]
    machine: str
    text: str


class Incoming(Struct, frozen=True, kw_only=True):
    """A message as it was understood.

    `sighted` are `(channel id, journal id)` of further copies, `parts` the external ids of what joined it in the same batch.
    """

    work: Work
    event: InboundMessage
    order: int
    sighted: tuple[tuple[int, int], ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[int, int]:
        """Which message of which input it is."""
        return self.work.id, self.order

    @property
    def is_mail(self) -> bool:
        """Whether somebody sent it as mail, of which copies come."""
        return self.work.channel.connector.spec.abilities.subject and not self.event.outbound


class Linked(Incoming, frozen=True, kw_only=True):
    """A message with the conversation that it answers, if it answers one, and why.

    `follows` is the place in the batch of the message whose conversation it joins, which has none yet. `is_guest`: somebody
    else writes in the conversation. `quoted` is the message that is answered, as the thread quotes it.
    """

    answered: Conversation | None
    follows: int | None
    why: str
    is_guest: bool
    quoted: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        message: Incoming,
        *,
        answered: Conversation | None = None,
        follows: int | None = None,
        why: str = "",
        is_guest: bool = False,
        quoted: Mapping[str, Any] | None = None,
    ) -> Linked:
        return Linked(
            **asdict(message),
            answered=answered,
            follows=follows,
            why=why,
            is_guest=is_guest,
            quoted=quoted or {},
        )


class Identified(Linked, frozen=True, kw_only=True):
    """A message whose sender is known: a contact of the CRM."""

    who: Resolved

    @classmethod
    def by(cls, message: Linked, who: Resolved) -> Identified:
        return Identified(**asdict(message), who=who)


class Placed(Identified, frozen=True, kw_only=True):
    """A message in its conversation; `why` tells the reader what brought it there."""

    conversation: Conversation

    @classmethod
    def at(cls, message: Identified, conversation: Conversation, *, why: str) -> Placed:
        return Placed(**asdict(replace(message, why=why)), conversation=conversation)
