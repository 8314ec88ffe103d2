"""Gives waiting conversations to whoever has room again, once the verb that made the room has been answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from inbox.changes import Change
from inbox.routing import service
from values.hours import Hours

log = logging.getLogger(__name__)

AT_ONCE = 5


class Giver:
    """One a process; a fault leaves the queue to the periodic look at it."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        *,
        hours: Callable[[], Sequence[Hours]],
        publish: Callable[[Sequence[Change]], Awaitable[None]],
    ) -> None:
        self._pool, self._hours, self._publish = pool, hours, publish
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="giver")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def hear(self, changes: Sequence[Change]) -> None:
        """A change of this process, after its commit; what closed a conversation says `freed`."""
        if any(change.data.get("freed") for change in changes):
            self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                async with self._pool.acquire() as conn, conn.transaction():
                    changes = await service.drain(conn, hours=self._hours(), limit=AT_ONCE)
                await self._publish(changes)
            except Exception as error:  # the loop must live: the periodic look gives out what this left
                log.warning("giving out the queue failed", extra={"error": repr(error)})
