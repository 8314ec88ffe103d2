"""SQL of changing a message after it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from crm_core.sql import Conn
from values.texts import storable_tree

FIND: LiteralString = """
    SELECT m.id, m.conversation_id, m.direction, m.text, m.html, m.data, m.at, c.handle_value
      FROM (SELECT id FROM inbox_message WHERE channel_id = $1 AND external_id = $2
            UNION ALL SELECT message_id FROM inbox_part WHERE channel_id = $1 AND external_id = $2) AS k
      JOIN inbox_message m ON m.id = k.id JOIN inbox_conversation c ON c.id = m.conversation_id
     LIMIT 1 FOR UPDATE OF m"""
REWRITE: LiteralString = """
    UPDATE inbox_message SET text = $2, html = $3, words = array_to_tsvector($4::text[]), data = $5 WHERE id = $1"""
MARK: LiteralString = "UPDATE inbox_message SET data = $2 WHERE id = $1"
SHOW: LiteralString = """
    UPDATE inbox_conversation
       SET last_text = CASE WHEN last_message_id = $2 THEN left($3, 200) ELSE last_text END, unread = greatest(unread, 1)
     WHERE id = $1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A message that a revision is about; `handle_value` is whose conversation it stands in."""

    id: int
    conversation_id: int
    direction: str
    text: str
    html: str
    data: Mapping[str, Any]
    at: datetime
    handle_value: str


async def lock(conn: Conn, channel_id: int, external_id: str) -> Revised | None:
    """The message of this name, or that a part of this name became."""
    row = await conn.fetchrow(FIND, channel_id, external_id)
    return Revised(**dict(row)) if row else None


async def rewrite(
    conn: Conn, message_id: int, *, text: str, html: str, words: Sequence[str], data: Mapping[str, Any]
) -> None:
    await conn.execute(REWRITE, message_id, text, html, list(words), storable_tree(data))


async def mark(conn: Conn, message_id: int, data: Mapping[str, Any]) -> None:
    await conn.execute(MARK, message_id, storable_tree(data))


async def show(conn: Conn, revised: Revised, text: str) -> None:
    """Its conversation is unread again, and shows the text where the message is its last."""
    await conn.execute(SHOW, revised.conversation_id, revised.id, text)
