"""Calls whose end was never told: closed after a while by a step of our own, corrected when the real one comes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import LiteralString

import asyncpg

from inbox.calls import store
from inbox.calls.fold import fold

SILENT_AFTER = 4 * 3600.0

END: LiteralString = """
    UPDATE inbox_call SET state = 'ended', outcome = $2, ended_at = $3 WHERE id = $1 AND state <> 'ended'"""


async def end_silent(pool: asyncpg.Pool) -> None:
    """Close calls that have been in progress for hours; the provider lost their end."""
    async with pool.acquire() as conn, conn.transaction():
        for row in await store.silent(conn, older_than=SILENT_AFTER):
            call = fold(await store.steps(conn, row["id"]))
            outcome = "answered" if call.answered_at else "missed"
            await conn.execute(END, row["id"], outcome, datetime.now(UTC))
