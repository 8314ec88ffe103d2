"""The loop that takes up what is due for the bot; every process runs one, and each event is settled once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

import asyncpg

from chatbot.model import Answer
from crm_core.faults import PASSING
from inbox.bot.events import store
from inbox.bot.events.model import BotEvent
from inbox.bot.tools import Tools
from inbox.bot.triggers import turns
from inbox.bot.triggers.asking import Ask
from inbox.changes import Change

log = logging.getLogger(__name__)

AT_ONCE = 20
LEASE = 60.0
"""Seconds after which somebody else takes up what a crash left; longer than any service may take."""
EVERY = 1.0
TRIES = 5


class Waker:
    """Settles due events of this hub."""

    def __init__(self, pool: asyncpg.Pool, tools: Tools, *, ask: Ask) -> None:
        self._pool = pool
        self._tools = tools
        self._ask = ask
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._asking: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._loop = asyncio.create_task(self._work(), name="waker")

    async def stop(self) -> None:
        """End; what is in hand is taken up again by somebody else."""
        tasks = [task for task in (self._loop, *self._asking) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Something may be due now."""
        self._wake.set()

    async def take_due(self) -> int:
        """Take what is due in hand and settle it; how many. Services are asked beside, so that a slow one holds up nothing."""
        room = AT_ONCE - len(self._asking)
        if room <= 0:
            return 0
        async with self._pool.acquire() as conn:
            events = await store.claim(conn, limit=room, seconds=LEASE)
        for event in events:
            if event.kind == "webhook":
                task = asyncio.create_task(self._ask_and_settle(event), name="bot-webhook")
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
            else:
                await self._settle(event)
        return len(events)

    async def idle(self) -> None:
        """Wait for the services that are being asked."""
        while self._asking:
            await asyncio.gather(*self._asking)

    async def _ask_and_settle(self, event: BotEvent) -> None:
        await self._settle(event, answer=await self._ask(event))
        self.wake()

    async def _settle(self, event: BotEvent, *, answer: Answer | None = None) -> None:
        try:
            async with self._pool.acquire() as conn, conn.transaction():
                changes = await turns.take(
                    conn, event, tools=self._tools, now=datetime.now(UTC), answer=answer
                )
        except (
            Exception
        ) as error:  # one event must not stop the others; it is taken up again when its lease ends
            log.warning("an event of the bot failed", extra={"event": event.id, "error": repr(error)})
            return
        if changes:
            self._tools.wake_delivery()
            await self._tools.publish(changes)

    async def _take(self, event: BotEvent, *, answer: Answer | None) -> list[Change]:
        """In a transaction of its own; one that collided with another is done again at once."""
        for tries in range(TRIES):
            try:
                async with self._pool.acquire() as conn, conn.transaction():
                    return await turns.take(
                        conn, event, tools=self._tools, now=datetime.now(UTC), answer=answer
                    )
            except PASSING:
                await asyncio.sleep(0.02 * 2**tries)
        raise TimeoutError("it collided with others too often")

    async def _work(self) -> None:
        while True:
            try:
                found = await self.take_due()
            except Exception as error:  # the loop must live: the database may be away for a while
                log.warning("the bot's events could not be read", extra={"error": repr(error)})
                found = 0
            if not found:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), EVERY)
                self._wake.clear()
