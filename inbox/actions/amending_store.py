"""SQL of asking for a change of a message that went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from crm_core.sql import Conn

OURS: LiteralString = """
    SELECT id, channel_id, text, data, delivery, created_at FROM inbox_message
     WHERE id = $1 AND direction = 'out' AND journal_id IS NULL AND external_id IS NOT NULL"""
# What was asked for before and has not begun is overtaken.
OVERTAKE: LiteralString = """
    UPDATE inbox_amendment SET state = 'cancelled', reason = 'Changed again.', done_at = now()
     WHERE message_id = $1 AND state IN ('waiting', 'retry')"""
ASK: LiteralString = """
    INSERT INTO inbox_amendment (message_id, conversation_id, channel_id, user_id, removes, text, marked, was_text, was_marked)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""
SHOW: LiteralString = """
    UPDATE inbox_message
       SET data = data || jsonb_build_object('change', jsonb_build_object('what', $2::text, 'state', 'waiting'))
     WHERE id = $1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """A message that was written here and that its provider knows."""

    id: int
    channel_id: int
    text: str
    data: dict[str, Any]
    delivery: str
    created_at: datetime


async def ours(conn: Conn, message_id: int) -> Ours | None:
    """A message that we sent; its conversation is locked by the caller."""
    row = await conn.fetchrow(OURS, message_id)
    return Ours(**dict(row)) if row else None


async def ask(
    conn: Conn,
    conversation_id: int,
    ours: Ours,
    *,
    user_id: int | None,
    removes: bool,
    text: str = "",
    marked: str = "",
) -> None:
    """Put the wish where the amender finds it, instead of earlier ones, and show it in the thread."""
    was_marked = str(ours.data.get("marked") or "")
    await conn.execute(OVERTAKE, ours.id)
    await conn.execute(
        ASK, ours.id, conversation_id, ours.channel_id, user_id, removes, text, marked, ours.text, was_marked
    )
    await conn.execute(SHOW, ours.id, "delete" if removes else "edit")
