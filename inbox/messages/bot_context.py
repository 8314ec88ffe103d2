"""What the house knows when the bot decides: fields, standing, how much was said; read once a batch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatbot.model import Crm
from chatbot.rules import RuleSet
from crm_core.contacts import service as contacts
from crm_core.deals import automation as deals
from crm_core.sql import Conn
from inbox.bot.context import crm_of, name_of, with_told
from inbox.bot.events import store as botevents
from inbox.bot.events.pace import Pace
from inbox.bot.turn import Knowledge
from inbox.messages.model import Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What the bot may know in a batch: `knowledge` by contact, which grows with what it says; `vouched` are the places of
    messages whose conversation's own proven handle is the contact's."""

    knowledge: dict[int, Knowledge] = field(default_factory=dict[int, Knowledge])
    vouched: frozenset[tuple[int, int]] = frozenset()

    def of(self, message: Placed) -> Knowledge:
        return self.knowledge.get(message.who.contact_id) or Knowledge()

    def note_answer(self, message: Placed, n: int, now: datetime) -> None:
        """The bot has said so many messages more to this contact."""
        known = self.of(message)
        self.knowledge[message.who.contact_id] = replace(known, pace=known.pace.with_answer(n, now))


async def for_messages(conn: Conn, fresh: Sequence[Placed], rules: RuleSet) -> Background:
    """For messages in conversations that the bot has. What returning customers are not asked again."""
    bots = [message for message in fresh if message.conversation.owner == "bot"]
    if not bots:
        return Background()
    ids = sorted({message.who.contact_id for message in bots})
    old = sorted({message.who.contact_id for message in bots if not message.who.is_new})
    known = await contacts.known(conn, old) if old else {}
    openings = await deals.snapshots(conn, ids) if rules.asks_crm else {}
    said = await botevents.said(conn, old) if old else {}
    vouched = await contacts.vouched(conn, [_place(message) for message in bots])
    return Background(
        knowledge={
            id_: Knowledge(
                known=known.get(id_, {}), crm=crm_of(openings.get(id_)), pace=said.get(id_, Pace())
            )
            for id_ in ids
        },
        vouched=frozenset(message.place for message in bots if _is_vouched(message, vouched)),
    )


def _is_vouched(message: Placed, vouched: Collection[tuple[int, str, str]]) -> bool:
    is_own = not message.is_guest and not message.who.said
    return message.who.is_new or (is_own and _place(message) in vouched)


def _place(message: Placed) -> tuple[int, str, str]:
    """The contact, and the address that the conversation's texts go to."""
    return message.who.contact_id, message.conversation.handle_kind, message.conversation.handle_value


def of_message(message: Placed, background: Background) -> Knowledge:
    """What is known as this message is answered: what it shows of its sender counts, and what the bot was told before.

    What the house knows of the contact counts only where the conversation's own proven address vouches for it: an address
    can be typed by anybody, and a text would tell them who it is.
    """
    found, conversation = background.of(message), message.conversation
    is_vouched = message.place in background.vouched
    sender = message.event.sender
    known = dict(found.known) if is_vouched else {}
    known.update({handle.kind: handle.value for handle in sender.handles})
    known["name"] = message.who.name if is_vouched and not message.who.said else name_of(sender.name)
    if known["name"] and known["name"] == name_of(sender.name):
        conversation.bot_state["writer"] = known["name"]
    return Knowledge(
        known=with_told(known, conversation),
        crm=found.crm if is_vouched else Crm(),
        pace=found.pace,
        returning=conversation.is_new and is_vouched and not message.who.is_new,
    )
