"""Calls whose end was never told: closed after a while by a step of our own, corrected when the real one comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg

from chatbot.hours import Hours
from inbox.calls import service
from inbox.changes import Change

SILENT_AFTER = 4 * 3600.0
AT_ONCE = 200


async def end_silent(
    pool: asyncpg.Pool, hours: Sequence[Hours] = (), *, after: float = SILENT_AFTER
) -> list[Change]:
    """Close calls that nothing was heard of for hours, each in its own transaction."""
    changes: list[Change] = []
    for _ in range(AT_ONCE):
        async with pool.acquire() as conn, conn.transaction():
            closed = await service.close_silent(conn, older_than=after, hours=hours, now=datetime.now(UTC))
        if closed is None:
            break
        changes += closed
    return changes
