"""SQL of carrying a guest's messages into conversations of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

WRITTEN: LiteralString = """
    SELECT m.conversation_id, array_agg(m.id ORDER BY m.id) AS message_ids
      FROM inbox_conversation c JOIN inbox_message m ON m.conversation_id = c.id
     WHERE c.contact_id = ANY($1::bigint[]) AND c.handle_kind = $2 AND c.handle_value = $3
       AND m.direction = 'in' AND m.data->>'from' = ANY($4::text[])
     GROUP BY m.conversation_id ORDER BY m.conversation_id LIMIT $5"""
CARRY: LiteralString = """
    WITH moved AS (
        INSERT INTO inbox_move (message_id, from_id, to_id, was_why, user_id)
        SELECT m.id, $2, $3, coalesce(m.data->>'why', ''), $4 FROM inbox_message m WHERE m.id = ANY($1::bigint[])
        RETURNING id, message_id)
    UPDATE inbox_message m
       SET conversation_id = $3,
           data = (m.data - 'moved') || jsonb_build_object('why', $5::text,
                      'moved', jsonb_build_object('id', v.id, 'from', $2::bigint))
      FROM moved v WHERE m.id = v.message_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody wrote into one conversation, oldest first."""

    conversation_id: int
    message_ids: Sequence[int]


async def written(
    conn: Conn, contact_ids: Sequence[int], *, kind: str, value: str, senders: Sequence[str], limit: int
) -> list[Written]:
    """What came from this address of these contacts under one of these names, by conversation."""
    rows = await conn.fetch(WRITTEN, list(contact_ids), kind, value, list(senders), limit)
    return [Written(**dict(row)) for row in rows]


async def carry(
    conn: Conn, message_ids: Sequence[int], *, from_id: int, to_id: int, user_id: int | None, why: str
) -> None:
    """Put messages into another conversation; each move is remembered, so that it can be undone."""
    await conn.execute(CARRY, list(message_ids), from_id, to_id, user_id, why)
