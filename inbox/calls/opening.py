"""New calls of a batch: who rings, their conversations and leads, and a manager for each, in a few statements for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.contract import CallStep, InboundMessage, Person
from crm_core.contacts import service as contacts
from crm_core.contacts.model import Resolved
from crm_core.leads import service as leads
from crm_core.leads.model import LeadRequest
from crm_core.sql import Conn
from inbox.calls import number_source_store, store
from inbox.calls.model import Key
from inbox.calls.outside import WITHHELD_NAME, is_internal, names_nobody
from inbox.changes import Change
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation
from inbox.intake.work import Work
from inbox.messages import threads
from inbox.messages.model import Identified, Incoming, Linked, Placed
from inbox.messages.people import identity_of
from inbox.routing import service as routing
from values.hours import Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The conversation that a new call stands in. `owner_id` is the caller's own manager, `said` the name that the line
    shows where it is quite another than the contact's."""

    conversation_id: int
    contact_id: int
    owner_id: int | None
    said: str = ""


async def open_for(
    conn: Conn, steps: Sequence[tuple[Work, CallStep]], *, hours: Sequence[Hours]
) -> tuple[Mapping[Key, Opened], list[Change]]:
    """A conversation for each call that is not known yet and whose first step that names somebody is here."""
    known = await store.known(conn, [_key(work, step) for work, step in steps])
    first: dict[Key, tuple[Work, CallStep]] = {}
    for work, step in steps:
        if _key(work, step) not in known and not is_internal(step) and not names_nobody(step):
            first.setdefault(_key(work, step), (work, step))
    if not first:
        return {}, []
    new = list(first.values())
    people = [
        identity_of(_named(step), channel_id=work.channel.id, connector=work.channel.row.connector)
        for work, step in new
    ]
    resolved = await contacts.resolve(conn, people)
    messages = [_rung(work, step, who) for (work, step), who in zip(new, resolved, strict=True)]
    placed = await threads.find_or_open(conn, messages, bot_ready=False)
    inbound = [(message, step) for message, (_, step) in zip(placed, new, strict=True) if not step.outbound]
    await _leads(conn, inbound)
    changes = await _route(conn, [message for message, _ in inbound], hours=hours)
    await conversation_store.save_all(conn, threads.conversations_of(placed), last_ids={})
    opened = {
        key: Opened(
            conversation_id=message.conversation.id,
            contact_id=message.conversation.contact_id,
            owner_id=message.who.owner_id,
            said=message.who.said,
        )
        for key, message in zip(first, placed, strict=True)
    }
    return opened, changes


def _rung(work: Work, step: CallStep, who: Resolved) -> Identified:
    """The call as a message that begins no bot's turn: it finds its conversation as messages do."""
    event = InboundMessage(external_id=step.call_id, sender=step.caller, at=step.at, outbound=True)
    return Identified.by(Linked.of(Incoming(work=work, event=event, order=0)), who)


def _named(step: CallStep) -> Person:
    """The caller; who shows neither number nor name is called so, not by the key that keeps them apart."""
    caller = step.caller
    if caller.handles[0].kind != "anonymous" or caller.name:
        return caller
    return replace(caller, name=WITHHELD_NAME)


async def _leads(conn: Conn, inbound: Sequence[tuple[Placed, CallStep]]) -> None:
    """A lead for every conversation that begins or begins again; the number that was rung tells its source."""
    asking = [
        (message, step, message.conversation)
        for message, step in inbound
        if message.conversation.is_new or message.conversation.was_closed
    ]
    if not asking:
        return
    marks = await number_source_store.utm(
        conn, [(message.work.channel.id, step.number) for message, step, _ in asking]
    )
    requests = [
        LeadRequest(
            contact_id=message.who.contact_id,
            conversation_id=conversation.id,
            channel_id=message.work.channel.id,
            title="",
            source={
                "utm": marks.get((message.work.channel.id, step.number), {}),
                "referrer": "",
                "landing_page": "",
                "page": step.number,
                "visits": [],
            },
        )
        for message, step, conversation in asking
    ]
    await leads.open_for(conn, requests)


async def _route(conn: Conn, inbound: Sequence[Placed], *, hours: Sequence[Hours]) -> list[Change]:
    """A manager for conversations that nobody has."""
    asking: dict[int, Conversation] = {}
    owners: dict[int, int | None] = {}
    for message in inbound:
        conversation = message.conversation
        if conversation.assignee_id is None and conversation.owner != "user":
            conversation.state = "open"
            asking[conversation.id] = conversation
            owners[conversation.contact_id] = message.who.owner_id
    if not asking:
        return []
    return await routing.route(conn, list(asking.values()), owners=owners, hours=hours)


def _key(work: Work, step: CallStep) -> Key:
    return work.channel.id, step.call_id
