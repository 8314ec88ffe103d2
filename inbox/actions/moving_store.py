"""SQL of moving messages between conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from crm_core.sql import Conn
from inbox.conversations.model import Conversation

MESSAGE: LiteralString = """
    SELECT id, conversation_id, direction, delivery, subject, coalesce(data->>'sender', '') AS sender,
           coalesce(data->>'why', '') AS why,
           coalesce(data->'forwarded'->>'address', '') AS original, coalesce(data->'forwarded'->>'name', '') AS name
      FROM inbox_message WHERE id = $1 FOR UPDATE"""
CONTACT_OF: LiteralString = """
    SELECT contact_id FROM crm_handle WHERE kind = $1 AND value = $2 ORDER BY trust DESC, id LIMIT 1"""
GIVE: LiteralString = (
    "UPDATE inbox_conversation SET assignee_id = $2, routed_why = 'Assigned by hand.' WHERE id = $1"
)
REMEMBER: LiteralString = """
    INSERT INTO inbox_move (message_id, from_id, to_id, was_why, user_id, act_id) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"""
LOCK_MOVE: LiteralString = """
    SELECT v.message_id, v.from_id, v.to_id, v.was_why, v.undone_at, v.act_id, m.conversation_id
      FROM inbox_move v JOIN inbox_message m ON m.id = v.message_id WHERE v.id = $1 FOR UPDATE"""
OF_ACT: LiteralString = "SELECT id FROM inbox_move WHERE act_id = $1"
UNDONE: LiteralString = "UPDATE inbox_move SET undone_at = now() WHERE id = $1"
PLACE: LiteralString = """
    UPDATE inbox_message
       SET conversation_id = $2,
           data = (data - 'moved') || jsonb_build_object('why', $3::text)
                  || CASE WHEN $4::jsonb IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('moved', $4::jsonb) END
     WHERE id = $1"""
PLACE_SENDING: LiteralString = "UPDATE inbox_outbox SET conversation_id = $2 WHERE message_id = $1"
# What the conversation's row tells of its messages, from the messages themselves.
RECOUNT: LiteralString = """
    UPDATE inbox_conversation c
       SET message_count = s.n, last_message_id = l.id, last_text = coalesce(l.text, ''),
           last_outbound = coalesce(l.direction = 'out', false), last_at = coalesce(l.created_at, c.last_at),
           unread = least(c.unread, s.incoming),
           waiting_since = CASE WHEN l.direction = 'in' AND l.author = 'person' AND c.state = 'open'
                                THEN coalesce(c.waiting_since, l.created_at) END
      FROM unnest($1::bigint[]) AS t (id)
     CROSS JOIN LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE direction = 'in') AS incoming
                           FROM inbox_message WHERE conversation_id = t.id) AS s
      LEFT JOIN LATERAL (SELECT id, left(regexp_replace(text, '\\s+', ' ', 'g'), 200) AS text, direction, author, created_at
                           FROM inbox_message WHERE conversation_id = t.id AND direction IN ('in', 'out', 'call')
                          ORDER BY id DESC LIMIT 1) AS l ON true
     WHERE c.id = t.id"""
CLOSE_EMPTY: LiteralString = """
    UPDATE inbox_conversation SET state = 'closed', closed_at = now(), waiting_since = NULL, unread = 0
     WHERE id = $1 AND message_count = 0 AND state <> 'closed'"""

IS_TAKEN: LiteralString = """
    SELECT EXISTS (SELECT FROM inbox_conversation
                    WHERE (channel_id, handle_kind, handle_value, thread) = ($1, $2, $3, $4) AND state <> 'closed')"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movable:
    """A message that is to stand elsewhere. `original` is the address of who wrote it first, where it was forwarded, and
    `name` their name; `why` is why it stands where it does."""

    id: int
    conversation_id: int
    direction: str
    delivery: str
    subject: str
    sender: str
    why: str
    original: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move as it was made; `conversation_id` is where the message stands now."""

    message_id: int
    from_id: int
    to_id: int
    was_why: str
    undone_at: datetime | None
    act_id: UUID | None
    conversation_id: int


async def is_taken(conn: Conn, conversation: Conversation) -> bool:
    """Whether a conversation that would have the same place is open."""
    return await conn.fetchval(
        IS_TAKEN,
        conversation.channel_id,
        conversation.handle_kind,
        conversation.handle_value,
        conversation.thread,
    )


async def message(conn: Conn, message_id: int) -> Movable | None:
    """The message, locked."""
    row = await conn.fetchrow(MESSAGE, message_id)
    return Movable(**dict(row)) if row else None


async def contact_of(conn: Conn, kind: str, value: str) -> int | None:
    """Whose handle it is."""
    return await conn.fetchval(CONTACT_OF, kind, value)


async def give(conn: Conn, id_: int, *, assignee_id: int | None) -> None:
    await conn.execute(GIVE, id_, assignee_id)


async def remember(
    conn: Conn, *, message_id: int, from_id: int, to_id: int, was_why: str, user_id: int | None, act_id: UUID
) -> int:
    return await conn.fetchval(REMEMBER, message_id, from_id, to_id, was_why, user_id, act_id)


async def lock_move(conn: Conn, move_id: int) -> Move | None:
    row = await conn.fetchrow(LOCK_MOVE, move_id)
    return Move(**dict(row)) if row else None


async def of_act(conn: Conn, act_id: UUID) -> int | None:
    """The move that an act made."""
    return await conn.fetchval(OF_ACT, act_id)


async def undone(conn: Conn, move_id: int) -> None:
    await conn.execute(UNDONE, move_id)


async def place(conn: Conn, message_id: int, *, to_id: int, why: str, moved: dict[str, int] | None) -> None:
    """Put the message, and what is left of its sending, into a conversation, with the reason."""
    await conn.execute(PLACE, message_id, to_id, why, moved)
    await conn.execute(PLACE_SENDING, message_id, to_id)


async def recount(conn: Conn, ids: Sequence[int]) -> None:
    await conn.execute(RECOUNT, list(ids))


async def close_empty(conn: Conn, id_: int) -> None:
    await conn.execute(CLOSE_EMPTY, id_)
