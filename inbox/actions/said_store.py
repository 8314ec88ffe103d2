"""SQL of the keys of composed messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

CLAIM: LiteralString = """
    INSERT INTO inbox_said (user_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true"""
SAID: LiteralString = """
    SELECT s.message_id, m.direction,
           m.conversation_id = $3 OR EXISTS (
               SELECT FROM inbox_move v WHERE v.message_id = m.id AND v.from_id = $3) AS is_here
      FROM inbox_said s LEFT JOIN inbox_message m ON m.id = s.message_id WHERE s.user_id = $1 AND s.key = $2"""
REMEMBER: LiteralString = "UPDATE inbox_said SET message_id = $3 WHERE user_id = $1 AND key = $2"
FORGET_OLD: LiteralString = "DELETE FROM inbox_said WHERE at < now() - interval '7 days'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that a key has said. `is_here`: in the conversation that was asked about, or moved out of it since."""

    message_id: int
    direction: str
    is_here: bool


async def claim(conn: Conn, user_id: int, key: str) -> bool:
    """Whether the key is new; waits for a transaction that claims the same one."""
    return bool(await conn.fetchval(CLAIM, user_id, key))


async def said(conn: Conn, user_id: int, key: str, *, conversation_id: int) -> Said | None:
    """What the key said; None while it said nothing, or where that message is gone."""
    row = await conn.fetchrow(SAID, user_id, key, conversation_id)
    return Said(**dict(row)) if row and row["direction"] is not None else None


async def remember(conn: Conn, user_id: int, key: str, message_id: int) -> None:
    await conn.execute(REMEMBER, user_id, key, message_id)


async def forget_old(conn: Conn) -> None:
    await conn.execute(FORGET_OLD)
