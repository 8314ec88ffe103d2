"""What is written in batches behind the back of whoever brought it: a second later, in one go, and once more at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import asyncpg

log = logging.getLogger(__name__)

FLUSH_AFTER = 1.0


class Flushing:
    """Calls `flush` a while after `wake`, and again as long as `is_waiting` says that more has come.

    A flush that fails is told as `lost` and is done: whether its part is tried again is the flush's own business.
    """

    def __init__(
        self,
        flush: Callable[[], Awaitable[None]],
        *,
        is_waiting: Callable[[], bool],
        lost: str,
    ) -> None:
        self._flush, self._is_waiting, self._lost = flush, is_waiting, lost
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something has come. Costs nothing."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="flushing")

    async def stop(self) -> None:
        """Write what waits, then end."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self._flush()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("what waited to be written is lost", extra={"what": self._lost, "error": repr(error)})

    async def _run(self) -> None:
        while self._is_waiting():
            await asyncio.sleep(FLUSH_AFTER)
            try:
                await self._flush()
            except Exception as error:  # the database is away for a while
                log.warning("could not be written", extra={"what": self._lost, "error": repr(error)})
