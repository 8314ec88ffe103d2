"""SQL of looking at messages; `viewer_id` is `Viewer.sql_id`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from crm_core.sql import Conn
from inbox.conversations.visibility_store import RULE
from inbox.files import store as files
from inbox.views.model import Message
from values.kept import Row, read_kept_in

MESSAGE: LiteralString = """
    m.id, m.conversation_id, m.channel_id, m.direction, m.author, m.user_id, coalesce(u.name, '') AS user_name, m.at,
    m.created_at, m.subject, m.text, m.html <> '' AS has_html, m.history, m.data, m.delivery, m.delivery_reason,
    CASE WHEN m.delivery = 'pending' AND m.user_id IS NOT NULL
         THEN (SELECT o.due_at FROM inbox_outbox o WHERE o.message_id = m.id AND o.state = 'waiting' AND o.due_at > now())
    END AS undo_until,
    CASE WHEN m.subject <> '' AND m.direction = 'in'
         THEN (SELECT b.subject FROM inbox_message b
                WHERE b.conversation_id = m.conversation_id AND b.id < m.id AND b.direction = 'in' AND b.subject <> ''
                ORDER BY b.id DESC LIMIT 1)
    END AS subject_before"""
THREAD: LiteralString = f"""
    SELECT {MESSAGE} FROM inbox_message m LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE m.conversation_id = $1 AND ($2::bigint IS NULL OR m.id < $2) ORDER BY m.id DESC LIMIT $3"""
SINCE: LiteralString = f"""
    SELECT {MESSAGE} FROM inbox_message m LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE m.conversation_id = $1 AND m.id > $2 ORDER BY m.id LIMIT 200"""
COUNT_FROM: LiteralString = "SELECT count(*) FROM inbox_message WHERE conversation_id = $1 AND id >= $2"
MESSAGE_BY_ID: LiteralString = f"""
    SELECT {MESSAGE} FROM inbox_message m
      JOIN inbox_conversation c ON c.id = m.conversation_id
      LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE {RULE} AND m.id = $2"""
HTML: LiteralString = f"""
    SELECT m.html FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id WHERE {RULE} AND m.id = $2"""
MESSAGES_BY_ID: LiteralString = f"""
    SELECT {MESSAGE} FROM inbox_message m
      JOIN inbox_conversation c ON c.id = m.conversation_id
      LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE {RULE} AND m.id = ANY($2::bigint[]) ORDER BY m.id"""
# Each conversation gives its last messages by index; the last of all of them are kept.
LAST: LiteralString = f"""
    SELECT l.id FROM inbox_conversation c CROSS JOIN LATERAL (
        SELECT m.id FROM inbox_message m
         WHERE m.conversation_id = c.id AND ($3::bigint IS NULL OR m.id < $3) ORDER BY m.id DESC LIMIT $4) AS l
     WHERE {RULE} AND c.contact_id = ANY($2::bigint[]) ORDER BY l.id DESC LIMIT $4"""


async def thread(conn: Conn, conversation_id: int, *, before: int | None, limit: int) -> list[Message]:
    """The last messages before one, oldest first."""
    rows = await conn.fetch(THREAD, conversation_id, before, limit)
    return await _messages(conn, rows[::-1])


async def count_from(conn: Conn, conversation_id: int, message_id: int) -> int:
    """How many messages there are from one on."""
    return await conn.fetchval(COUNT_FROM, conversation_id, message_id)


async def since(conn: Conn, conversation_id: int, message_id: int) -> list[Message]:
    """Messages after one, oldest first."""
    return await _messages(conn, await conn.fetch(SINCE, conversation_id, message_id))


async def get(conn: Conn, viewer_id: int | None, message_id: int) -> Message | None:
    row = await conn.fetchrow(MESSAGE_BY_ID, viewer_id, message_id)
    return (await _messages(conn, [row]))[0] if row else None


async def by_ids(conn: Conn, viewer_id: int | None, ids: Sequence[int]) -> list[Message]:
    """Oldest first."""
    return await _messages(conn, await conn.fetch(MESSAGES_BY_ID, viewer_id, list(ids)))


async def html_of(conn: Conn, viewer_id: int | None, message_id: int) -> str | None:
    return await conn.fetchval(HTML, viewer_id, message_id)


async def last_of_contact(
    conn: Conn, viewer_id: int | None, identity_ids: Sequence[int], *, before: int | None, limit: int
) -> list[int]:
    """Ids of the last messages of all conversations of a contact before one, newest first."""
    rows = await conn.fetch(LAST, viewer_id, list(identity_ids), before, limit)
    return [row["id"] for row in rows]


async def _messages(conn: Conn, rows: Sequence[Row]) -> list[Message]:
    grouped = await files.of_messages(conn, [row["id"] for row in rows]) if rows else {}
    return [Message(**_told(row), files=grouped.get(row["id"], ())) for row in rows]


def _told(row: Row) -> dict[str, Any]:
    """Customers' words are nothing but words; lines of the hub and reasons are sentences."""
    return read_kept_in(row, "delivery_reason", *(("text",) if row["direction"] in ("event", "call") else ()))
