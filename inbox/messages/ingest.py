"""Messages of a batch: told from repeats, given a contact and a conversation, answered, written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chatbot.hours import Hours
from crm_core.contacts import service as contacts
from crm_core.leads import service as leads
from crm_core.leads.model import LeadRequest
from crm_core.sql import Conn
from inbox.bot import effects, turn
from inbox.bot.analytics import store as botruns
from inbox.bot.analytics.model import after_person
from inbox.bot.outcome import Outcome
from inbox.bot.tools import Tools
from inbox.changes import Change
from inbox.channels.route import sending_channel
from inbox.conversations import store as conversation_store
from inbox.conversations import undelivered
from inbox.conversations.model import Conversation, NewMessage
from inbox.files import service as files
from inbox.messages import (
    albums,
    bot_context,
    bounces,
    claims,
    duplicate_copies,
    facts,
    kept,
    lateness,
    repeats,
    threads,
)
from inbox.messages.asked_for import asked_for
from inbox.messages.model import Incoming
from inbox.messages.people import identity_of
from inbox.profiles import service as profiles
from inbox.routing import service as routing
from inbox.tickets import store as tickets
from values.sentences import phrase

PREVIEW = 200
FUTURE = timedelta(minutes=5)


async def ingest(
    conn: Conn, incoming: list[Incoming], *, tools: Tools, now: datetime, changes: list[Change]
) -> bool:
    """Process new messages inside the batch's transaction; True when something is to be sent or asked."""
    fresh = await duplicate_copies.drop_seen(
        conn, await repeats.new_ones(conn, incoming), directory=tools.directory
    )
    fresh = await albums.join(conn, fresh, changes=changes)
    if not fresh:
        return False
    await bounces.name_messages(conn, fresh)
    await threads.find_answered(conn, fresh, directory=tools.directory)
    await _identify(conn, fresh)
    conversations = await threads.find_or_open(conn, fresh, bot_ready=True)
    await _open_leads(conn, fresh, conversations)
    knowledge = await bot_context.for_messages(conn, fresh, tools.rulebook.rules)
    written: list[NewMessage] = []
    turns: list[tuple[Conversation, Outcome]] = []
    for message in fresh:
        written.append(_written(message, now=now))
        if outcome := _bots_turn(message, knowledge=knowledge, tools=tools, now=now):
            written += outcome.said
            turns.append((message.conversation or conversations[0], outcome))
    hours = tuple(tools.rulebook.rules.hours.values())
    changes += await _route(conn, conversations, fresh, hours=hours, now=now)
    await conversation_store.write(conn, written)
    await duplicate_copies.keep(conn, written)
    await albums.keep(conn, fresh, written)
    await effects.keep_effects(conn, turns, now=now)
    await botruns.append(conn, [count for message in fresh for count in message.counts])
    await files.keep(conn, written)
    await _keep_beside(conn, fresh, written)
    await bounces.mark(conn, fresh, changes=changes)
    taken = [message.conversation.id for message in fresh if message.event.outbound and message.conversation]
    if taken:
        await conversation_store.mute_bot(conn, taken)
    await conversation_store.save_all(conn, conversations, last_ids=_last_ids(written))
    await undelivered.settle(conn, failed=[id_ for change in changes if (id_ := _of_bounce(change))])
    await facts.announce(conn, fresh, conversations)
    changes += [_change(message) for message in written]
    return any(message.due_at for message in written) or any(outcome.events for _, outcome in turns)


async def _keep_beside(conn: Conn, fresh: Sequence[Incoming], written: Sequence[NewMessage]) -> None:
    """What answers may carry back, and of whom the provider is to be asked."""
    ids = {
        (row.channel_id or row.conversation.channel_id, row.external_id): row
        for row in written
        if row.direction == "in"
    }
    given = [
        (row.id, row.conversation.id, message.event.ticket)
        for message in fresh
        if message.event.ticket and (row := ids.get((message.work.channel.id, message.event.external_id)))
    ]
    if given:
        await tickets.keep(conn, given)
    await profiles.want(conn, [(message.work.channel, message.event) for message in fresh])


async def _identify(conn: Conn, fresh: Sequence[Incoming]) -> None:
    """Resolve senders to contacts. Who sends a bounce is nobody: it belongs to the conversation it is about."""
    for message in fresh:
        if message.conversation and message.event.machine == "bounce":
            message.contact_id = message.root_id = message.conversation.contact_id
    people = [message for message in fresh if not message.contact_id]
    if not people:
        return
    known = await claims.find_addressees(conn, people)
    identities = [
        identity_of(
            message.event.sender,
            channel_id=message.work.channel.id,
            connector=message.work.channel.row.connector,
            contact_id=claims.contact_told(message, known),
        )
        for message in people
    ]
    for message, resolved in zip(people, await contacts.resolve(conn, identities), strict=True):
        message.contact_id = resolved.contact_id
        message.root_id = resolved.root_id
        message.contact_owner_id = resolved.owner_id
        message.is_new_contact = resolved.is_new
        message.name = resolved.name
        message.said = resolved.said
    await bounces.mark_reachable(conn, people)


async def _open_leads(conn: Conn, fresh: Sequence[Incoming], conversations: Sequence[Conversation]) -> None:
    """A lead for every conversation that begins or begins again, unless the contact has one or a deal."""
    asking: dict[int, Incoming] = {}
    for message in fresh:
        conversation = message.conversation
        if conversation is None or message.event.machine or message.event.outbound:
            continue
        if (
            conversation.is_new or conversation.was_closed
        ) and message.work.channel.connector.spec.creates_lead:
            asking.setdefault(conversation.id, message)
    if asking:
        await leads.open_for(conn, [_lead(message) for message in asking.values()])


def _lead(message: Incoming) -> LeadRequest:
    event, source = message.event, message.event.source
    return LeadRequest(
        contact_id=message.conversation.contact_id if message.conversation else message.contact_id,
        conversation_id=message.conversation.id if message.conversation else None,
        channel_id=message.work.channel.id,
        title=asked_for(event.subject, event.fields),
        source={
            "utm": dict(source.utm),
            "referrer": source.referrer,
            "landing_page": source.landing_page,
            "page": source.page,
            "visits": [list(visit) for visit in source.visits],
        }
        if source
        else None,
    )


def _written(message: Incoming, *, now: datetime) -> NewMessage:
    """The message row, and what it does to its conversation."""
    event, conversation = message.event, message.conversation
    assert conversation is not None
    at = min(event.at, now + FUTURE)
    is_machine = bool(event.machine)
    if event.outbound:
        message.counts += after_person(conversation.bot_state.pop("run", None) or {}, event.text)
        conversation.own("user", conversation.assignee_id)
        conversation.waiting_since = None
    elif not is_machine:
        _waken(conversation, message, now=now)
    conversation.message_count += 1
    conversation.last_text = _preview(message)
    conversation.last_outbound = event.outbound
    conversation.last_at = now
    return NewMessage(
        conversation=conversation,
        direction="out" if event.outbound else "in",
        author="user" if event.outbound else "machine" if is_machine else "person",
        at=at,
        text=event.text,
        html=event.html,
        history=event.history,
        subject=event.subject[:500],
        external_id=event.external_id,
        journal_id=message.work.id,
        data=kept.data_of(message),
        attachments=event.attachments,
        channel_id=message.work.channel.id,
        sighted=message.sighted,
    )


def _waken(conversation: Conversation, message: Incoming, *, now: datetime) -> None:
    conversation.bot_state.pop("fired", None)
    if conversation.state != "open":
        conversation.state = "open"
        if conversation.was_closed and conversation.assignee_id is None:
            conversation.own("bot" if message.work.channel.row.bot else "queue")
    conversation.unread += 1
    if conversation.waiting_since is None:
        conversation.waiting_since = now
    if not conversation.language:
        conversation.language = message.event.sender.language[:12]


def _bots_turn(
    message: Incoming, *, knowledge: dict[int, turn.Knowledge], tools: Tools, now: datetime
) -> Outcome | None:
    """The bot's answer, if the conversation is the bot's; a conversation nobody has is marked for routing."""
    conversation, event = message.conversation, message.event
    if conversation is None or event.machine or event.outbound or event.kind == "edit":
        return None
    if conversation.owner == "bot" and lateness.is_late(message, now):
        conversation.own("queue")
        conversation.needs_routing = phrase(
            "It came late: the bot does not answer old messages, a manager is asked."
        )
        return None
    if conversation.owner == "bot":
        sender = sending_channel(tools.directory, message.work.channel, conversation.handle_kind)
        if sender is None:
            conversation.own("queue")
            conversation.needs_routing = phrase("Nothing here can write to this person; a manager is asked.")
            return None
        outcome = turn.take_turn(
            tools.rulebook.rules,
            conversation,
            event,
            sender=sender,
            knowledge=bot_context.of_message(message, conversation, knowledge),
            now=now,
            is_sifted=lateness.hours_of(message) is not None,
        )
        for one in outcome.said if event.answer_to else ():
            one.data = {**one.data, "copies": list(event.answer_to)}
        if conversation.state == "closed":
            conversation.waiting_since = None
        if (
            conversation.owner != "bot"
        ):  # whoever talks to the bot waits for a person's answer, and is counted
            conversation.needs_routing = outcome.hand_over
        if outcome.said:
            known = knowledge.get(message.contact_id) or turn.Knowledge()
            pace = known.pace.with_answer(len(outcome.said), now)
            knowledge[message.contact_id] = replace(known, pace=pace)
            conversation.message_count += len(outcome.said)
            conversation.last_text = outcome.said[-1].text[:PREVIEW]
            conversation.last_outbound = True
        return outcome
    if conversation.owner == "queue" and conversation.assignee_id is None:
        conversation.needs_routing = phrase("A new request.")
    return None


async def _route(
    conn: Conn,
    conversations: Sequence[Conversation],
    fresh: Sequence[Incoming],
    *,
    hours: Sequence[Hours],
    now: datetime,
) -> list[Change]:
    asking = [
        conversation
        for conversation in conversations
        if conversation.needs_routing and conversation.state == "open"
    ]
    answered = {
        message.conversation.id for message in fresh if message.conversation and not message.event.outbound
    }
    changes = await routing.cover_absence(
        conn,
        [conversation for conversation in conversations if conversation.id in answered],
        hours=hours,
        now=now,
    )
    if not asking:
        return changes
    owners = {
        message.conversation.contact_id: message.contact_owner_id for message in fresh if message.conversation
    }
    return changes + await routing.route(conn, asking, owners=owners, hours=hours)


def _preview(message: Incoming) -> str:
    event = message.event
    text = " ".join((event.text or event.subject or ", ".join(event.fields.values())).split())[:PREVIEW]
    if not text and event.attachments:
        return "📎 " + ", ".join(attachment.name for attachment in event.attachments)[:PREVIEW]
    return text


def _of_bounce(change: Change) -> int | None:
    return change.conversation_id if change.kind == "delivery" else None


def _last_ids(written: Sequence[NewMessage]) -> dict[int, int]:
    return {message.conversation.id: message.id for message in written}


def _change(message: NewMessage) -> Change:
    conversation = message.conversation
    return Change(
        kind="message",
        id=message.id,
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
        channel_id=conversation.channel_id,
        assignee_id=conversation.assignee_id,
        previous_assignee_id=conversation.had_assignee,
        data={"direction": message.direction, "author": message.author},
    )
