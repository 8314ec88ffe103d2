"""Outcomes on their way to the database: kept until they are there, in batches, then told to the browsers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from inbox.changes import Change
from inbox.delivery import store
from inbox.delivery.store import Told

log = logging.getLogger(__name__)

AT_ONCE = 500
AGAIN_AFTER = 0.5


class Recorder:
    """An outcome must not be forgotten: it is what keeps a message from going out twice."""

    def __init__(self, pool: asyncpg.Pool, publish: Callable[[Sequence[Change]], Awaitable[None]]) -> None:
        self._pool = pool
        self._publish = publish
        self._told: list[Told] = []
        self._wake = asyncio.Event()

    def tell(self, told: Told) -> None:
        """Keep an outcome; it is written soon."""
        self._told.append(told)
        self._wake.set()

    async def run(self) -> None:
        """Write what is told, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write everything told so far, however long the database is away."""
        while self._told:
            await self._record()

    async def _record(self) -> None:
        batch, self._told = self._told[:AT_ONCE], self._told[AT_ONCE:]
        try:
            async with self._pool.acquire() as conn, conn.transaction():
                rows = await store.record(conn, batch)
        except Exception as error:  # whatever it is, the batch is written later
            log.warning("recording outcomes failed", extra={"error": repr(error), "rows": len(batch)})
            self._told = batch + self._told
            await asyncio.sleep(AGAIN_AFTER)
            return
        await self._publish(
            [
                Change(
                    kind="delivery",
                    id=row["id"],
                    conversation_id=row["conversation_id"],
                    channel_id=row["channel_id"],
                    data={"delivery": row["delivery"]},
                )
                for row in rows
            ]
        )
