"""Messages of a batch: told from repeats, given a contact and a conversation, answered, written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crm_core.sql import Conn
from inbox.bot import effects
from inbox.bot.analytics import store as botruns
from inbox.bot.analytics.model import Count
from inbox.bot.outcome import Outcome
from inbox.bot.tools import Tools
from inbox.changes import Change
from inbox.conversations import store as conversation_store
from inbox.conversations import undelivered_store as undelivered
from inbox.conversations.model import Conversation, NewMessage
from inbox.files import service as files
from inbox.messages import albums, bot_context, bounces, duplicate_copies, facts, repeats, threads
from inbox.messages.bot_turns import turn_of
from inbox.messages.model import Incoming, Placed
from inbox.messages.requests import open_leads
from inbox.messages.senders import identify
from inbox.messages.writing import written
from inbox.profiles import service as profiles
from inbox.routing import service as routing
from inbox.tickets import store as tickets
from values.hours import Hours


async def ingest(
    conn: Conn, incoming: Sequence[Incoming], *, tools: Tools, now: datetime, changes: list[Change]
) -> bool:
    """Process new messages inside the batch's transaction; True when something is to be sent or asked."""
    fresh = await duplicate_copies.drop_seen(
        conn, await repeats.new_ones(conn, incoming), directory=tools.directory
    )
    fresh = await albums.join(conn, fresh, changes=changes)
    if not fresh:
        return False
    placed = await _placed(conn, fresh, tools=tools)
    conversations = threads.conversations_of(placed)
    await open_leads(conn, placed)
    background = await bot_context.for_messages(conn, placed, tools.rulebook.rules)
    rows: list[NewMessage] = []
    counts: list[Count] = []
    turns: list[tuple[Conversation, Outcome]] = []
    for message in placed:
        row, counted = written(message, now=now)
        rows.append(row)
        counts += counted
        if outcome := turn_of(message, background=background, tools=tools, now=now):
            rows += outcome.said
            turns.append((message.conversation, outcome))
    hours = tuple(tools.rulebook.rules.hours.values())
    changes += await _route(conn, conversations, placed, hours=hours, now=now)
    await _keep(conn, placed, rows)
    await effects.keep_effects(conn, turns, now=now)
    await botruns.append(conn, counts)
    await _keep_beside(conn, placed, rows)
    await bounces.mark(conn, placed, changes=changes)
    if taken := [message.conversation.id for message in placed if message.event.outbound]:
        await conversation_store.mute_bot(conn, taken)
    await conversation_store.save_all(conn, conversations, last_ids=_last_ids(rows))
    await undelivered.settle(conn, failed=[id_ for change in changes if (id_ := _of_bounce(change))])
    await facts.announce(conn, placed, conversations)
    changes += [_change(message) for message in rows]
    return any(message.due_at for message in rows) or any(outcome.events for _, outcome in turns)


async def _placed(conn: Conn, fresh: Sequence[Incoming], *, tools: Tools) -> list[Placed]:
    """Who wrote each, and where it belongs."""
    named = await bounces.name_messages(conn, fresh)
    linked = await threads.find_answered(conn, named, directory=tools.directory)
    return await threads.find_or_open(conn, await identify(conn, linked), bot_ready=True)


async def _keep(conn: Conn, placed: Sequence[Placed], rows: Sequence[NewMessage]) -> None:
    """The rows, their further copies, and the parts they came in."""
    await conversation_store.write(conn, rows)
    await duplicate_copies.keep(conn, rows)
    await albums.keep(conn, placed, rows)


async def _keep_beside(conn: Conn, fresh: Sequence[Placed], rows: Sequence[NewMessage]) -> None:
    """Attachments, what answers may carry back, and of whom the provider is to be asked."""
    await files.keep(conn, rows)
    ids = {
        (row.channel_id or row.conversation.channel_id, row.external_id): row
        for row in rows
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


async def _route(
    conn: Conn,
    conversations: Sequence[Conversation],
    fresh: Sequence[Placed],
    *,
    hours: Sequence[Hours],
    now: datetime,
) -> list[Change]:
    asking = [
        conversation
        for conversation in conversations
        if conversation.needs_routing and conversation.state == "open"
    ]
    answered = {message.conversation.id for message in fresh if not message.event.outbound}
    changes = await routing.cover_absence(
        conn,
        [conversation for conversation in conversations if conversation.id in answered],
        hours=hours,
        now=now,
    )
    if not asking:
        return changes
    owners = {message.conversation.contact_id: message.who.owner_id for message in fresh}
    return changes + await routing.route(conn, asking, owners=owners, hours=hours)


def _of_bounce(change: Change) -> int | None:
    return change.conversation_id if change.kind == "delivery" else None


def _last_ids(rows: Sequence[NewMessage]) -> dict[int, int]:
    return {message.conversation.id: message.id for message in rows}


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
