"""Calls whose end was never told: closed after a while by a step of our own, corrected when the real one comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg

from inbox.calls import service
from inbox.changes import Change
from values.hours import Hours

SILENT_AFTER = 4 * 3600.0
LEFT_AFTER = 20.0
"""Seconds after the last leg ended in vain until the call counts as missed: a hunt group may ring the next one."""
AT_ONCE = 200


async def end_silent(
    pool: asyncpg.Pool,
    hours: Sequence[Hours] = (),
    *,
    after: float = SILENT_AFTER,
    left_after: float = LEFT_AFTER,
) -> list[Change]:
    """Close calls that nothing was heard of for hours, and those whose legs have all ended, each in its own transaction."""
    changes: list[Change] = []
    for by_legs, older_than in ((False, after), (True, left_after)):
        for _ in range(AT_ONCE):
            async with pool.acquire() as conn, conn.transaction():
                closed = await service.close_silent(
                    conn, older_than=older_than, hours=hours, now=datetime.now(UTC), by_legs=by_legs
                )
            if closed is None:
                break
            changes += closed
    return changes
