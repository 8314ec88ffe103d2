"""A lock a form, while what it was made on is compared and saved."""

from __future__ import annotations

from typing import LiteralString

from crm_core.sql import Conn

HOLD: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended($1, 7301))"


async def hold(conn: Conn, what: str) -> None:
    """Whoever else saves the same waits until this transaction ends."""
    await conn.execute(HOLD, what)
