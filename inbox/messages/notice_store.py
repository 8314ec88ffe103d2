"""SQL of conversations whose group or whose person's handle is another now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn

MOVE: LiteralString = """
    UPDATE inbox_conversation SET thread = $3 || substr(thread, length($2) + 1)
     WHERE channel_id = $1 AND (thread = $2 OR starts_with(thread, $2 || '/')) RETURNING id"""
HOLDS: LiteralString = """
    SELECT id FROM inbox_conversation WHERE channel_id = $1 AND handle_kind = $2 AND handle_value = $3 ORDER BY id"""
READDRESS: LiteralString = """
    UPDATE inbox_conversation c SET handle_kind = $2, handle_value = $3
     WHERE id = ANY($1::bigint[])
       AND NOT EXISTS (SELECT 1 FROM inbox_conversation o
                        WHERE o.channel_id = c.channel_id AND o.handle_kind = $2 AND o.handle_value = $3
                          AND o.thread = c.thread)"""


async def move(conn: Conn, channel_id: int, thread: str, *, to: str) -> list[int]:
    """The conversations of a thread and those below it, which stand in the other thread now."""
    return [row["id"] for row in await conn.fetch(MOVE, channel_id, thread, to)]


async def held_at(conn: Conn, channel_id: int, kind: str, value: str) -> list[int]:
    """The conversations that are held at a handle."""
    return [row["id"] for row in await conn.fetch(HOLDS, channel_id, kind, value)]


async def readdress(conn: Conn, ids: Sequence[int], kind: str, value: str) -> None:
    """Hold conversations at another handle, unless one stands there already."""
    await conn.execute(READDRESS, list(ids), kind, value)
