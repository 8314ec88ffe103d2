"""What the house knows when the bot decides: fields, standing, how much was said; read once a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatbot.model import Crm, RuleSet
from crm_core.contacts import service as contacts
from crm_core.deals import automation as deals
from crm_core.sql import Conn
from inbox.bot.context import crm_of, name_of, with_told
from inbox.bot.events import store as botevents
from inbox.bot.events.pace import Pace
from inbox.bot.turn import Knowledge
from inbox.conversations.model import Conversation
from inbox.messages.model import Incoming


async def for_messages(conn: Conn, fresh: Sequence[Incoming], rules: RuleSet) -> dict[int, Knowledge]:
    """By contact, for messages in conversations that the bot has. What returning customers are not asked again."""
    bots = [message for message in fresh if message.conversation and message.conversation.owner == "bot"]
    if not bots:
        return {}
    ids = sorted({message.contact_id for message in bots})
    old = sorted({message.contact_id for message in bots if not message.is_new_contact})
    known = await contacts.known(conn, old) if old else {}
    openings = await deals.snapshots(conn, ids) if rules.asks_crm else {}
    said = await botevents.said(conn, old) if old else {}
    vouched = await contacts.vouched(conn, [_place(message) for message in bots])
    for message in bots:
        is_own = not message.is_guest and not message.said
        message.is_vouched = message.is_new_contact or (is_own and _place(message) in vouched)
    return {
        id_: Knowledge(known=known.get(id_, {}), crm=crm_of(openings.get(id_)), pace=said.get(id_, Pace()))
        for id_ in ids
    }


def _place(message: Incoming) -> tuple[int, str, str]:
    """The contact, and the address that the conversation's texts go to."""
    assert message.conversation is not None
    return message.contact_id, message.conversation.handle_kind, message.conversation.handle_value


def of_message(
    message: Incoming, conversation: Conversation, knowledge: Mapping[int, Knowledge]
) -> Knowledge:
    """What is known as this message is answered: what it shows of its sender counts, and what the bot was told before.

    What the house knows of the contact counts only where the conversation's own proven address vouches for it: an address
    can be typed by anybody, and a text would tell them who it is.
    """
    found = knowledge.get(message.contact_id) or Knowledge()
    sender = message.event.sender
    known = dict(found.known) if message.is_vouched else {}
    known.update({handle.kind: handle.value for handle in sender.handles})
    known["name"] = message.name if message.is_vouched and not message.said else name_of(sender.name)
    if known["name"] and known["name"] == name_of(sender.name):
        conversation.bot_state["writer"] = known["name"]
    return Knowledge(
        known=with_told(known, conversation),
        crm=found.crm if message.is_vouched else Crm(),
        pace=found.pace,
        returning=conversation.is_new and message.is_vouched and not message.is_new_contact,
    )
