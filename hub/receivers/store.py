"""SQL of who leads a receiver: an advisory lock each, as long as the connection lasts."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn

LOCK_CLASS = 7601
LEAD: LiteralString = "SELECT pg_try_advisory_lock($1, $2)"
YIELD: LiteralString = "SELECT pg_advisory_unlock($1, $2)"
YIELD_ALL: LiteralString = "SELECT pg_advisory_unlock_all()"


async def lead(conn: Conn, channel_id: int) -> bool:
    """Whether this connection leads it from now on."""
    return await conn.fetchval(LEAD, LOCK_CLASS, channel_id)


async def let_go(conn: Conn, channel_id: int) -> None:
    await conn.execute(YIELD, LOCK_CLASS, channel_id)


async def let_all_go(conn: Conn) -> None:
    await conn.execute(YIELD_ALL)
