"""SQL of what one does with a call at one's desk, and of numbers that are let through no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn

NOTE: LiteralString = "UPDATE inbox_call SET note = $2 WHERE id = $1"
CONCLUDE: LiteralString = (
    "UPDATE inbox_call SET note = $2, result = $3, user_id = coalesce(user_id, $4) WHERE id = $1"
)
TELL: LiteralString = """
    UPDATE inbox_message m SET data = m.data || jsonb_build_object('note', k.note, 'result', k.result)
      FROM inbox_call k WHERE k.id = $1 AND m.id = k.message_id RETURNING m.id"""
BLOCK: LiteralString = """
    INSERT INTO inbox_blocked_number (number, reason, user_id) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING"""
UNBLOCK: LiteralString = "DELETE FROM inbox_blocked_number WHERE number = $1"
IS_BLOCKED: LiteralString = "SELECT EXISTS (SELECT 1 FROM inbox_blocked_number WHERE number = $1)"
BLOCKED_AMONG: LiteralString = "SELECT number FROM inbox_blocked_number WHERE number = ANY($1::text[])"
BLOCKED: LiteralString = "SELECT number FROM inbox_blocked_number ORDER BY created_at DESC LIMIT 500"


async def note(conn: Conn, call_id: int, text: str) -> None:
    await conn.execute(NOTE, call_id, text)


async def conclude(conn: Conn, call_id: int, *, note: str, result: str, user_id: int | None) -> None:
    """What a call came to; who took it is kept where that is known."""
    await conn.execute(CONCLUDE, call_id, note, result, user_id)


async def tell(conn: Conn, call_id: int) -> int | None:
    """Bring the call's line in its thread up to date; returns that message."""
    return await conn.fetchval(TELL, call_id)


async def block(conn: Conn, number: str, *, reason: str, user_id: int | None) -> None:
    await conn.execute(BLOCK, number, reason, user_id)


async def unblock(conn: Conn, number: str) -> None:
    await conn.execute(UNBLOCK, number)


async def is_blocked(conn: Conn, number: str) -> bool:
    return await conn.fetchval(IS_BLOCKED, number)


async def blocked_among(conn: Conn, numbers: Sequence[str]) -> set[str]:
    return {row["number"] for row in await conn.fetch(BLOCKED_AMONG, list(numbers))}


async def blocked(conn: Conn) -> list[str]:
    """The newest first."""
    return [row["number"] for row in await conn.fetch(BLOCKED)]
