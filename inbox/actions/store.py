"""SQL of the verbs on conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from crm_core.sql import Conn
from inbox.conversations.model import Conversation
from inbox.conversations.store import COLUMNS
from inbox.conversations.visibility_store import RULE
from values.kept import kept, read_kept_in

ASKED_FOR: LiteralString = """
    SELECT data->'answer_to' FROM inbox_message
     WHERE conversation_id = $1 AND direction = 'in' AND author = 'person' AND ($2::bigint IS NULL OR id = $2)
     ORDER BY id DESC LIMIT 1"""
LOCK: LiteralString = f"""
    SELECT {COLUMNS} FROM inbox_conversation c WHERE {RULE} AND c.id = $2 FOR UPDATE"""
NEWER: LiteralString = """
    SELECT count(*) FROM inbox_message
     WHERE conversation_id = $1 AND id > $2 AND direction IN ('in', 'call', 'out') AND coalesce(user_id, 0) <> $3"""
SAY: LiteralString = """
    INSERT INTO inbox_message (conversation_id, channel_id, direction, author, user_id, at, subject, text, data, delivery,
                               words)
    VALUES ($1, $2, $3, 'user', $4, now(), $5, $6, $7, $8, array_to_tsvector($9::text[])) RETURNING id"""
QUEUE: LiteralString = """
    INSERT INTO inbox_outbox (message_id, conversation_id, channel_id, fence, by_bot, due_at)
    VALUES ($1, $2, $3, $4, false, now() + make_interval(secs => $5))"""
ANSWERED: LiteralString = """
    UPDATE inbox_conversation
       SET state = 'open', snoozed_until = NULL, closed_at = NULL, assignee_id = $2, owner = 'user', fence = $3,
           unread = 0, waiting_since = NULL, message_count = message_count + 1, last_message_id = $4, last_text = $5,
           last_outbound = true, last_at = now(), undelivered = ''
     WHERE id = $1"""
NOTED: LiteralString = "UPDATE inbox_conversation SET message_count = message_count + 1 WHERE id = $1"
GIVE: LiteralString = """
    UPDATE inbox_conversation
       SET assignee_id = $2, owner = $3, fence = fence + 1, routed_why = $4,
           bot_state = CASE $3 WHEN 'bot' THEN '{}'::jsonb ELSE bot_state END
     WHERE id = $1"""
STATE: LiteralString = """
    UPDATE inbox_conversation
       SET state = $2, snoozed_until = $3, closed_at = CASE $2 WHEN 'closed' THEN now() END,
           waiting_since = CASE $2 WHEN 'closed' THEN NULL ELSE waiting_since END,
           unread = CASE $2 WHEN 'open' THEN unread ELSE 0 END
     WHERE id = $1"""
READ: LiteralString = "UPDATE inbox_conversation SET unread = 0 WHERE id = $1 AND unread > 0"
UNREAD: LiteralString = "UPDATE inbox_conversation SET unread = greatest(unread, 1) WHERE id = $1"
OPEN_OF: LiteralString = """
    SELECT id FROM inbox_conversation
     WHERE channel_id = $1 AND handle_kind = $2 AND handle_value = $3 AND thread = $4 AND state <> 'closed'"""
OF_MESSAGE: LiteralString = "SELECT conversation_id FROM inbox_message WHERE id = $1"
CANCEL: LiteralString = """
    UPDATE inbox_outbox SET state = 'cancelled', reason = 'Taken back.', done_at = now()
     WHERE message_id = $1 AND state IN ('waiting', 'retry') AND parts = '[]' RETURNING id"""
DELIVERY: LiteralString = "UPDATE inbox_message SET delivery = $2, delivery_reason = $3 WHERE id = $1"
AGAIN: LiteralString = """
    UPDATE inbox_outbox SET state = 'waiting', due_at = now(), done_at = NULL, reason = '', fence = $2
     WHERE message_id = $1 AND state IN ('retry', 'refused', 'unreachable', 'credentials', 'unknown') RETURNING channel_id"""
ANSWERABLE: LiteralString = """
    SELECT m.text, coalesce(u.name, nullif(m.data->>'from', ''), CASE m.direction WHEN 'in' THEN r.name ELSE '' END) AS who
      FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
      JOIN crm_contact p ON p.id = c.contact_id JOIN crm_contact r ON r.id = p.root_id
      LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE m.id = $2 AND m.conversation_id = $1 AND m.direction IN ('in', 'out') AND m.external_id IS NOT NULL"""
ASSIGNEE_NAME: LiteralString = """
    SELECT u.name FROM inbox_conversation c JOIN crm_user u ON u.id = c.assignee_id WHERE c.id = $1"""
TEXT_OF: LiteralString = "SELECT text FROM inbox_message WHERE id = $1"
# A message that was taken back is no answer: who waited for it waits on, since their first word after the last answer.
UNANSWERED: LiteralString = """
    UPDATE inbox_conversation c
       SET waiting_since = coalesce(c.waiting_since, (
               SELECT min(m.created_at) FROM inbox_message m
                WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.author = 'person' AND m.id > coalesce((
                      SELECT max(o.id) FROM inbox_message o
                       WHERE o.conversation_id = c.id AND o.direction = 'out' AND o.author = 'user'
                         AND o.delivery NOT IN ('cancelled', 'failed', 'unknown')), 0)))
     WHERE c.id = $1"""
# The customer wrote while it waited: what they opened by that stays open.
TAKEN_BACK: LiteralString = """
    UPDATE inbox_conversation c SET state = 'open', closed_at = NULL, snoozed_until = NULL
     WHERE c.id = $1 AND c.state <> 'open' AND EXISTS (
           SELECT 1 FROM inbox_message m
            WHERE m.conversation_id = c.id AND m.id > $2 AND m.direction = 'in' AND m.author = 'person')"""
BOTS_AGAIN: LiteralString = """
    UPDATE inbox_outbox o SET fence = c.fence FROM inbox_conversation c
     WHERE o.conversation_id = $1 AND c.id = $1 AND o.by_bot AND o.fence = $2 AND o.state IN ('waiting', 'retry')"""
DUE_SNOOZED: LiteralString = """
    UPDATE inbox_conversation SET state = 'open', snoozed_until = NULL, last_at = now(), unread = greatest(unread, 1)
     WHERE id IN (SELECT id FROM inbox_conversation WHERE state = 'snoozed' AND snoozed_until <= now() LIMIT 200
                     FOR UPDATE SKIP LOCKED)
    RETURNING id, contact_id, assignee_id"""
HANDLES: LiteralString = """
    SELECT h.kind, h.value FROM crm_handle h JOIN crm_contact p ON p.id = h.contact_id
     WHERE p.root_id = (SELECT root_id FROM crm_contact WHERE id = $1) AND h.kind = $2 AND h.unreachable = ''
     ORDER BY h.trust DESC, h.id DESC LIMIT 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerable:
    """A message that an answer can name: its text and who wrote it."""

    text: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken:
    """A conversation whose snooze is over."""

    id: int
    contact_id: int
    assignee_id: int | None


async def asked_for(conn: Conn, conversation_id: int, answers_id: int | None) -> list[str]:
    """The further addresses that the answered mail, else the last one of a person, asked to answer."""
    return list(await conn.fetchval(ASKED_FOR, conversation_id, answers_id) or ())


async def lock(conn: Conn, viewer_id: int | None, id_: int) -> Conversation | None:
    """The conversation, locked until the transaction ends; None when it is not for this viewer."""
    row = await conn.fetchrow(LOCK, viewer_id, id_)
    if row is None:
        return None
    conversation = Conversation(**read_kept_in(row, "routed_why", "last_text"))
    conversation.had_assignee = conversation.assignee_id
    return conversation


async def newer(conn: Conn, id_: int, *, than: int, but_by: int | None) -> int:
    """How many messages came after one, by anybody else."""
    return await conn.fetchval(NEWER, id_, than, but_by or 0)


async def say(
    conn: Conn,
    *,
    conversation_id: int,
    channel_id: int,
    direction: str,
    user_id: int | None,
    subject: str,
    text: str,
    data: dict[str, Any],
    words: Sequence[str],
) -> int:
    delivery = "pending" if direction == "out" else ""
    return await conn.fetchval(
        SAY, conversation_id, channel_id, direction, user_id, subject, text, data, delivery, list(words)
    )


async def queue(
    conn: Conn, *, message_id: int, conversation: Conversation, channel_id: int, delay: float
) -> None:
    await conn.execute(QUEUE, message_id, conversation.id, channel_id, conversation.fence, delay)


async def answered(conn: Conn, conversation: Conversation, *, message_id: int, preview: str) -> None:
    await conn.execute(
        ANSWERED, conversation.id, conversation.assignee_id, conversation.fence, message_id, preview
    )


async def noted(conn: Conn, id_: int) -> None:
    await conn.execute(NOTED, id_)


async def give(conn: Conn, id_: int, *, assignee_id: int | None, owner: str, why: str) -> None:
    await conn.execute(GIVE, id_, assignee_id, owner, kept(why))


async def set_state(conn: Conn, id_: int, state: str, *, until: datetime | None = None) -> None:
    await conn.execute(STATE, id_, state, until)


async def mark_read(conn: Conn, id_: int) -> bool:
    return await conn.execute(READ, id_) == "UPDATE 1"


async def mark_unread(conn: Conn, id_: int) -> None:
    await conn.execute(UNREAD, id_)


async def open_conversation(conn: Conn, *, channel_id: int, kind: str, value: str, thread: str) -> int | None:
    return await conn.fetchval(OPEN_OF, channel_id, kind, value, thread)


async def conversation_of(conn: Conn, message_id: int) -> int | None:
    return await conn.fetchval(OF_MESSAGE, message_id)


async def cancel(conn: Conn, message_id: int) -> UUID | None:
    return await conn.fetchval(CANCEL, message_id)


async def set_delivery(conn: Conn, message_id: int, delivery: str, reason: str) -> None:
    await conn.execute(DELIVERY, message_id, delivery, kept(reason))


async def assignee_name(conn: Conn, id_: int) -> str | None:
    return await conn.fetchval(ASSIGNEE_NAME, id_)


async def text_of(conn: Conn, message_id: int) -> str:
    return await conn.fetchval(TEXT_OF, message_id) or ""


async def unanswered(conn: Conn, id_: int) -> None:
    await conn.execute(UNANSWERED, id_)


async def reopen_for_newer(conn: Conn, id_: int, message_id: int) -> None:
    """After a message was taken back: who wrote since is waited for."""
    await conn.execute(TAKEN_BACK, id_, message_id)


async def let_bot_go_on(conn: Conn, id_: int, fence: int) -> None:
    """What the bot had said under this fence may go out under today's."""
    await conn.execute(BOTS_AGAIN, id_, fence)


async def again(conn: Conn, message_id: int, *, fence: int) -> int | None:
    return await conn.fetchval(AGAIN, message_id, fence)


async def answerable(conn: Conn, conversation_id: int, message_id: int) -> Answerable | None:
    """A message of this conversation that its provider knows."""
    row = await conn.fetchrow(ANSWERABLE, conversation_id, message_id)
    return Answerable(**dict(row)) if row else None


async def wake_snoozed(conn: Conn) -> list[Woken]:
    return [Woken(**dict(row)) for row in await conn.fetch(DUE_SNOOZED)]


async def handle_of(conn: Conn, contact_id: int, kind: str) -> tuple[str, str] | None:
    """The contact's best handle of a kind."""
    row = await conn.fetchrow(HANDLES, contact_id, kind)
    return (row["kind"], row["value"]) if row else None
