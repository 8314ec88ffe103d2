"""A word to whoever rang in vain ("we will call you back"): decided a moment after the call, sent like any message."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg

from connectors.phones import can_text
from crm_core.sql import Conn
from inbox.calls import reply_store as store
from inbox.calls.reply_store import CallbackFacts, Due
from inbox.calls.rules import words
from inbox.changes import Change
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel
from inbox.channels.route import can_write
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation, NewMessage
from values.hours import Hours
from values.sentences import phrase
from values.texts import one_line

log = logging.getLogger(__name__)

AFTER = timedelta(seconds=30)
AGAIN = timedelta(seconds=60)
TOO_LATE = timedelta(hours=2)
AT_ONCE = 100
PREVIEW = 200


async def plan(conn: Conn, call_id: int, now: datetime) -> None:
    """A call was missed: see in a moment whether a word is due."""
    await store.plan(conn, call_id, now + AFTER)


async def write_due(
    pool: asyncpg.Pool, directory: Directory, hours: Sequence[Hours], *, now: datetime
) -> list[Change]:
    """Write what is due, each in its own transaction; a crash in between writes nothing twice."""
    changes: list[Change] = []
    for _ in range(AT_ONCE):
        async with pool.acquire() as conn, conn.transaction():
            due = await store.claim(conn, now)
            if due is None:
                break
            changes += await _write_or_leave(conn, due, directory, hours, now)
    return changes


async def _write_or_leave(
    conn: Conn, due: Due, directory: Directory, hours: Sequence[Hours], now: datetime
) -> list[Change]:
    """One that fails waits for its next turn, and the next one is written."""
    try:
        async with conn.transaction():
            return await _write_one(conn, due, directory, hours, now)
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError):
        raise
    except Exception:  # one call that cannot be answered must not keep the others from it
        log.exception("a missed call could not be answered", extra={"call": due.call_id})
        await store.later(conn, due.call_id, now + AGAIN)
        return []


async def _write_one(
    conn: Conn, due: Due, directory: Directory, hours: Sequence[Hours], now: datetime
) -> list[Change]:
    await store.hold_person(conn, due.root_id)
    [home] = await conversation_store.locked_by_id(conn, [due.conversation_id])
    since = now - timedelta(hours=due.once_hours)
    found = await store.callback_facts(conn, due.call_id, root_id=due.root_id, since=since)
    if found.is_talking and now - due.ended_at < TOO_LATE:
        await store.later(conn, due.call_id, now + AGAIN)
        return []
    via = directory.by_id(due.via_id) if due.via_id else None
    if not via or via.row.is_paused or not can_write(via):
        return await _leave(
            conn, due, now, reason=phrase("The channel that should carry it cannot write now.")
        )
    if why := refusal(due, found, handle_kind=home.handle_kind, now=now):
        return await _leave(conn, due, now, reason=why)
    languages = (due.contact_language, home.language, due.channel_language)
    text = words(due.texts, languages=languages, hours=hours, now=now)
    if not text:
        return await _leave(conn, due, now, reason=phrase("There is no text for this hour."))
    conversation = await _conversation(conn, due, home, via)
    if isinstance(conversation, str):
        return await _leave(conn, due, now, reason=conversation)
    return await _write(conn, due, conversation, via=via, text=text, now=now)


def refusal(due: Due, found: CallbackFacts, *, handle_kind: str, now: datetime) -> str:
    """Why nothing may be written, or empty. Pure."""
    reason = ""
    if not found.is_missed:
        reason = phrase("It was answered after all.")
    elif handle_kind != "phone" or not due.caller.startswith("+"):
        reason = phrase("The number is hidden or too short.")
    elif found.is_blocked:
        reason = phrase("This number is blocked.")
    elif found.is_reached:
        reason = phrase("They were reached before.")
    elif found.is_told:
        reason = phrase("They had a message about a missed call not long ago.")
    elif now - due.ended_at > TOO_LATE:
        reason = phrase("It was too late: the call was long over when this was looked at.")
    return reason


async def _conversation(conn: Conn, due: Due, home: Conversation, via: LiveChannel) -> Conversation | str:
    """The conversation to write in: the call's own by SMS, the person's own on a messenger; or why there is none."""
    kind = via.connector.spec.handle_kind
    if kind != "phone":
        keys = [(via.id, kind, value, "") for value in await store.proven(conn, due.root_id, kind)]
        conversations = await conversation_store.locked_by_key(conn, keys) if keys else []
        reason = phrase("They never wrote on the channel that should carry it.")
        return conversations[-1] if conversations else reason
    reason = ""
    if not can_text(due.caller):
        reason = phrase("A message cannot go to a landline.")
    elif await store.is_lost(conn, kind, due.caller):
        reason = phrase("Messages to this number came back.")
    return reason or home


async def _write(
    conn: Conn, due: Due, conversation: Conversation, *, via: LiveChannel, text: str, now: datetime
) -> list[Change]:
    message = NewMessage(
        conversation=conversation,
        direction="out",
        author="bot",
        at=now,
        text=text,
        data={"missed_call": due.call_id},
        due_at=now,
        channel_id=via.id,
    )
    await conversation_store.write(conn, [message])
    conversation.message_count += 1
    conversation.last_text, conversation.last_at, conversation.last_outbound = (
        one_line(text, PREVIEW),
        now,
        True,
    )
    await conversation_store.save_all(conn, [conversation], last_ids={conversation.id: message.id})
    await store.settle(conn, due.call_id, state="written", now=now, message_id=message.id)
    return [
        Change(
            kind="message",
            id=message.id,
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            channel_id=conversation.channel_id,
            assignee_id=conversation.assignee_id,
        )
    ]


async def _leave(conn: Conn, due: Due, now: datetime, *, reason: str) -> list[Change]:
    await store.settle(conn, due.call_id, state="left", now=now, reason=reason)
    return []
