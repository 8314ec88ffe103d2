"""Outcomes of tries on their way into the database: none is forgotten, for each keeps a message from going out twice."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import asyncpg

from inbox.changes import Change
from inbox.conversations import undelivered
from inbox.delivery import store
from inbox.delivery.store import Told

log = logging.getLogger(__name__)

NOT_THERE = ("failed", "unknown", "pending")
AT_ONCE = 500
TOUCH_EVERY = 15.0
"""Seconds between two notes that a channel sends."""


class Recorder:
    """Records what it is told in batches, and tells the browsers."""

    def __init__(self, pool: asyncpg.Pool, *, publish: Callable[[Sequence[Change]], Awaitable[None]]) -> None:
        self._pool, self._publish = pool, publish
        self._told: list[Told] = []
        self._wake = asyncio.Event()
        self._noted_at: dict[int, float] = {}

    def tell(self, told: Told) -> None:
        """Take an outcome; it is recorded soon."""
        self._told.append(told)
        self._wake.set()

    async def run(self) -> None:
        """Record for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.drain()

    async def drain(self) -> None:
        """Record what there is, however long the database is away."""
        while self._told:
            await self._record()

    async def _record(self) -> None:
        batch, self._told = self._told[:AT_ONCE], self._told[AT_ONCE:]
        try:
            async with self._pool.acquire() as conn, conn.transaction():
                bad = [told.id for told in batch if told.outcome not in ("sent", "retry")]
                await undelivered.lock(conn, outbox_ids=[told.id for told in batch], failed=bad)
                rows = await store.record(conn, batch)
                await undelivered.settle(
                    conn,
                    failed=[row["conversation_id"] for row in rows if row["delivery"] in NOT_THERE],
                    arrived=[row["conversation_id"] for row in rows if row["delivery"] not in NOT_THERE],
                )
                if senders := self._unnoted(rows):
                    await store.touch(conn, senders)
        except Exception as error:  # kept and recorded later
            log.warning("recording outcomes failed", extra={"error": repr(error), "rows": len(batch)})
            self._told = batch + self._told
            await asyncio.sleep(0.5)
            return
        now = time.monotonic()
        self._noted_at.update(dict.fromkeys(senders, now))
        await self._publish([_change(row) for row in rows])

    def _unnoted(self, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Channels that sent something and were not noted for it lately."""
        now = time.monotonic()
        senders = {row["sender_id"] for row in rows if row["delivery"] == "sent"}
        return sorted(id_ for id_ in senders if now - self._noted_at.get(id_, -TOUCH_EVERY) >= TOUCH_EVERY)


def _change(row: Mapping[str, Any]) -> Change:
    return Change(
        kind="delivery",
        id=row["id"],
        conversation_id=row["conversation_id"],
        channel_id=row["channel_id"],
        data={"delivery": row["delivery"]},
    )
