"""Outcomes of tries on their way into the database: none is forgotten, for each keeps a message from going out twice.

One that the database refuses holds no other back: halves are recorded alone, and the one that is left without its id.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import asyncpg

from inbox.changes import Change
from inbox.channels import service as channels
from inbox.conversations import undelivered_store as undelivered
from inbox.delivery import store
from inbox.delivery.model import DeliveryOutcome, RecordedDelivery
from values.sentences import phrase

log = logging.getLogger(__name__)

AT_ONCE = 500
TOUCH_EVERY = 15.0
"""Seconds between two notes that a channel sends."""
NOTE_EVERY = 600.0
"""Seconds between two notes that a channel's provider repeats its ids."""
NOT_THERE = ("failed", "unknown", "pending")
REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, OverflowError, ValueError, TypeError)
"""What the database says of the rows themselves: trying them again changes nothing."""


class Recorder:
    """Records what it is told in batches, and tells the browsers."""

    def __init__(self, pool: asyncpg.Pool, *, publish: Callable[[Sequence[Change]], Awaitable[None]]) -> None:
        self._pool, self._publish = pool, publish
        self._told: deque[DeliveryOutcome] = deque()
        self._wake = asyncio.Event()
        self._noted_at: dict[int, float] = {}
        self._told_at: dict[int, float] = {}

    def tell(self, told: DeliveryOutcome) -> None:
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
            batch = [self._told.popleft() for _ in range(min(AT_ONCE, len(self._told)))]
            await self._record(batch)

    async def _record(self, batch: list[DeliveryOutcome]) -> None:
        try:
            await self._commit(batch)
        except asyncio.CancelledError:
            self._told.extendleft(reversed(batch))
            raise
        except REFUSED as error:
            await self._divide(batch, error)
        except Exception as error:  # the database is away: kept and recorded later
            log.warning("recording outcomes failed", extra={"error": repr(error), "rows": len(batch)})
            self._told.extendleft(reversed(batch))
            await asyncio.sleep(0.5)

    async def _commit(self, batch: Sequence[DeliveryOutcome]) -> None:
        async with self._pool.acquire() as conn, conn.transaction():
            bad = [told.id for told in batch if told.outcome not in ("sent", "retry")]
            await undelivered.lock(conn, outbox_ids=[told.id for told in batch], failed=bad)
            recorded = await store.record(conn, batch)
            await undelivered.settle(
                conn,
                failed=[one.conversation_id for one in recorded if one.delivery in NOT_THERE],
                arrived=[one.conversation_id for one in recorded if one.delivery not in NOT_THERE],
            )
            if senders := self._unnoted(recorded):
                await store.touch(conn, senders)
        self._noted_at.update(dict.fromkeys(senders, time.monotonic()))
        await self._publish([_change(one) for one in recorded])

    async def _divide(self, batch: list[DeliveryOutcome], error: Exception) -> None:
        """Halves go on alone; a single one without what the provider named it."""
        if len(batch) > 1:
            half = len(batch) // 2
            await self._record(batch[:half])
            await self._record(batch[half:])
            return
        told = batch[0]
        if not told.external_id and not told.parts:  # buried as uncertain when its claim is old
            log.error("an outcome cannot be recorded", extra={"error": repr(error), "outbox": str(told.id)})
            return
        reason = phrase(
            "Sent; its provider gave an id that another message has already, so nothing tells whether it arrived."
        )
        await self._record(
            [
                replace(
                    told, external_id="", parts=(), reason=reason if told.outcome == "sent" else told.reason
                )
            ]
        )
        await self._note(told)

    async def _note(self, told: DeliveryOutcome) -> None:
        """Tell it on the channel, now and then: with a wrong field in a manifest every message would."""
        sentence = phrase(
            "The provider gave the id “{external_id}” to a second message: receipts cannot be "
            "told apart. Look at the field that the connector takes the id of a sent message "
            "from.",
            external_id=told.external_id[:80],
        )
        try:
            async with self._pool.acquire() as conn, conn.transaction():
                channel_id = await store.channel_of(conn, told.id)
                if channel_id and time.monotonic() - self._told_at.get(channel_id, -NOTE_EVERY) >= NOTE_EVERY:
                    self._told_at[channel_id] = time.monotonic()
                    await channels.log(conn, channel_id, sentence, level="warning")
        except Exception as error:  # a note is worth less than the outcomes that wait
            log.warning("noting a repeated id failed", extra={"error": repr(error)})

    def _unnoted(self, recorded: Sequence[RecordedDelivery]) -> list[int]:
        """Channels that sent something and were not noted for it lately."""
        now = time.monotonic()
        senders = {one.sender_id for one in recorded if one.delivery == "sent"}
        return sorted(id_ for id_ in senders if now - self._noted_at.get(id_, -TOUCH_EVERY) >= TOUCH_EVERY)


def _change(one: RecordedDelivery) -> Change:
    return Change(
        kind="delivery",
        id=one.id,
        conversation_id=one.conversation_id,
        channel_id=one.channel_id,
        data={"delivery": one.delivery},
    )
