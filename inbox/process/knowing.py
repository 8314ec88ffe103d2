"""What the house knows when the bot decides: fields, standing, how much was said; read once a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatbot.model import Crm, RuleSet
from crm_core import normal
from crm_core.contacts import service as contacts
from crm_core.deals import by_rule as deals
from crm_core.deals.by_rule import Present
from crm_core.sql import Conn
from inbox.bot import Knowledge
from inbox.botevents import store as botevents
from inbox.botevents.pace import Pace
from inbox.process.model import Incoming, Talk


async def for_messages(conn: Conn, fresh: Sequence[Incoming], rules: RuleSet) -> dict[int, Knowledge]:
    """By contact, for messages in conversations that the bot has. What returning customers are not asked again."""
    bots = [message for message in fresh if message.talk and message.talk.owner == "bot"]
    if not bots:
        return {}
    ids = sorted({message.contact_id for message in bots})
    old = sorted({message.contact_id for message in bots if not message.is_new_contact})
    known = await contacts.known(conn, old) if old else {}
    standings = await deals.present(conn, ids) if rules.asks_crm else {}
    said = await botevents.said(conn, old) if old else {}
    vouched = await contacts.vouched(conn, [_place(message) for message in bots])
    for message in bots:
        is_own = not message.is_guest and not message.said
        message.is_vouched = message.is_new_contact or (is_own and _place(message) in vouched)
    return {
        id_: Knowledge(known=known.get(id_, {}), crm=crm_of(standings.get(id_)), pace=said.get(id_, Pace()))
        for id_ in ids
    }


def _place(message: Incoming) -> tuple[int, str, str]:
    """The contact, and the address that the conversation's texts go to."""
    assert message.talk is not None
    return message.contact_id, message.talk.handle_kind, message.talk.handle_value


def of_message(message: Incoming, talk: Talk, knowledge: Mapping[int, Knowledge]) -> Knowledge:
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
        talk.bot_state["writer"] = known["name"]
    return Knowledge(
        known=with_told(known, talk),
        crm=found.crm if message.is_vouched else Crm(),
        pace=found.pace,
        returning=talk.is_new and message.is_vouched and not message.is_new_contact,
    )


def name_of(said: str) -> str:
    """A name that somebody wrote under; empty for what is none."""
    shown = normal.name(said)
    return "" if normal.is_handle_like(shown) else shown


def with_told(known: Mapping[str, str], talk: Talk) -> dict[str, str]:
    """With what the person told the bot in this conversation."""
    told = talk.bot_state.get("known") or {}
    return {**known, **{key: str(value) for key, value in told.items()}}


def crm_of(found: Present | None) -> Crm:
    if found is None:
        return Crm()
    return Crm(
        owner=found.owner,
        tags=found.tags,
        pipeline=found.pipeline,
        stage=found.stage,
        has_lead=found.has_lead,
        deal=found.fields,
    )
