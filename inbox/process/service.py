"""The processor: works off what the door stored, at once; a sweep finds what a crash or a fault left behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

from connectors.contract import InboundMessage
from crm_core.faults import AWAY, PASSING
from inbox.bot.tools import Tools
from inbox.intake.model import Stored
from inbox.intake.work import MAX_ATTEMPTS, Work
from inbox.messages import settled_store
from inbox.process import batch, store
from inbox.process.batch import Result
from inbox.process.parse import from_row, understand
from inbox.process.sifting import sift
from values.backoff import delay
from values.sentences import phrase

log = logging.getLogger(__name__)

BATCH = 200
SWEEP_EVERY = 1.0
LEFT_BEHIND_AFTER = 3.0
RECEIPT_AGAIN_AFTER = 2.0

Named: TypeAlias = tuple[int, str]
"""A channel's id and the external id of a message of it."""


@dataclass(slots=True)
class _Lane:
    waiting: list[Stored]
    wake: asyncio.Event


class Processor:
    """Processes inputs of this process in order; inputs of one person always go through the same lane."""

    def __init__(self, pool: asyncpg.Pool, tools: Tools, *, lanes: int = 2) -> None:
        self._pool = pool
        self._tools = tools
        self._lanes = [_Lane([], asyncio.Event()) for _ in range(lanes)]
        self._tasks: list[asyncio.Task[None]] = []
        self._in_hand: set[int] = set()
        self._carried: dict[Named, _Lane] = {}
        self.processed = 0

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._work(lane), name="process") for lane in self._lanes]
        self._tasks.append(asyncio.create_task(self._sweep_for_ever(), name="sweep"))

    async def stop(self) -> None:
        """End; what is not processed stays in the journal for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def offer(self, stored: Sequence[Stored]) -> None:
        """Take committed rows to process now, in their order."""
        for row in stored:
            lane = self._lane_of(row)
            lane.waiting.append(row)
            lane.wake.set()
            self._in_hand.add(row.id)
            self._carried.update(dict.fromkeys(_names(row), lane))

    def _lane_of(self, row: Stored) -> _Lane:
        """Behind the message that it answers, where that is still in hand; else its person's own."""
        behind = (self._carried.get((row.entry.channel.id, ident)) for ident in _references(row))
        return next(filter(None, behind), None) or self._lanes[row.entry.lane % len(self._lanes)]

    async def sweep(self, *, older_than: float = LEFT_BEHIND_AFTER) -> int:
        """Take up rows that nobody is processing; returns how many."""
        async with self._pool.acquire() as conn:
            rows = await store.left_behind(conn, older_than=older_than, limit=BATCH, but=list(self._in_hand))
        stored = [row for raw in rows if (row := await from_row(raw, self._tools.directory))]
        if stored:
            await self.process(stored)
        return len(stored)

    async def process(self, stored: Sequence[Stored]) -> None:
        """Process rows to the end: committed, postponed or quarantined. Raises nothing but cancellation."""
        works = [await understand(row) for row in stored]
        await self._settle(works, tries=0)

    # ------------------------------------------------------------ one batch, whatever happens

    async def _settle(self, works: list[Work], *, tries: int) -> None:
        try:
            result = await self._commit(works)
        except asyncio.CancelledError:
            raise
        except AWAY as error:
            log.warning("database away while processing", extra={"error": repr(error), "rows": len(works)})
            await asyncio.sleep(delay(tries + 1, first=0.2, limit=5))
            return  # the rows are in the journal: the sweep takes them up
        except PASSING:
            if tries < 5:
                await asyncio.sleep(delay(tries + 1, first=0.01))
                await self._settle([_again(work) for work in works], tries=tries + 1)
                return
            await self._divide(works, reason=phrase("It collided with others too often."))
        except Exception as error:  # whatever it is, one input must not stop the others
            if len(works) == 1:
                log.exception("processing failed", extra={"journal": works[0].id})
            await self._divide(
                works, reason=phrase("{name}: {error}", name=type(error).__name__, error=error)
            )
        else:
            await self._after(works, result)

    async def _commit(self, works: list[Work]) -> Result:
        """Commit a batch. Older inputs of the same people that another process left are taken along, in their order."""
        unreadable: set[int] = set()
        while True:
            async with self._pool.acquire() as conn, conn.transaction():
                result = await batch.run(conn, works, self._tools, without=unreadable)
            if not result.missing:
                return result
            asked = result.missing[:BATCH]
            older = await self._fetch(asked)
            unreadable |= set(asked) - {work.id for work in older}  # their connector is not installed now
            works += older

    async def _fetch(self, ids: Sequence[int]) -> list[Work]:
        async with self._pool.acquire() as conn:
            rows = await store.rows(conn, ids)
        stored = [row for raw in rows if (row := await from_row(raw, self._tools.directory))]
        return [await understand(row) for row in stored]

    async def _after(self, works: Sequence[Work], result: Result) -> None:
        self.processed += len(works)
        if result.has_outgoing:
            self._tools.wake_delivery()
        if result.later:
            async with self._pool.acquire() as conn:
                await settled_store.postpone(conn, result.later, reason="", seconds=RECEIPT_AGAIN_AFTER)
        if result.changes:
            await self._tools.publish(result.changes)

    async def _divide(self, works: list[Work], *, reason: str) -> None:
        """Find the input that fails: halves go on alone, a single one is tried again and then put into quarantine."""
        if len(works) > 1:
            half = len(works) // 2
            await self._settle([_again(work) for work in works[:half]], tries=0)
            await self._settle([_again(work) for work in works[half:]], tries=0)
            return
        work = works[0]
        async with self._pool.acquire() as conn, conn.transaction():
            tried = await settled_store.postpone(conn, [work.id], reason=reason, seconds=1)
            is_last = tried.get(work.id, 0) >= MAX_ATTEMPTS
            is_sifted = work.is_sifted or len(work.events) < 2
            if is_last and is_sifted:
                work.outcome, work.reason = "quarantined", reason
                await settled_store.finish(conn, [work])
        if is_last and not is_sifted:
            await self._settle([await sift(self._pool, work, self._tools)], tries=0)

    # ------------------------------------------------------------ loops

    async def _work(self, lane: _Lane) -> None:
        while True:
            await lane.wake.wait()
            lane.wake.clear()
            while lane.waiting:
                rows, lane.waiting = lane.waiting[:BATCH], lane.waiting[BATCH:]
                try:
                    await self.process(rows)
                except Exception:  # the loop must live; the sweep takes up what this batch left
                    log.exception("processing loop failed")
                finally:
                    self._in_hand.difference_update(row.id for row in rows)
                    for row in rows:
                        for name in _names(row):
                            self._carried.pop(name, None)

    async def _sweep_for_ever(self) -> None:
        older_than = 0.0
        while True:
            try:
                found = await self.sweep(older_than=older_than)
                older_than = LEFT_BEHIND_AFTER
                if found < BATCH:
                    await asyncio.sleep(SWEEP_EVERY)
            except Exception as error:  # the loop must live; the next round tries again
                log.warning("sweep failed", extra={"error": repr(error)})
                await asyncio.sleep(SWEEP_EVERY)


def _names(row: Stored) -> list[Named]:
    """The messages in an input that the door understood already."""
    events = row.entry.events or ()
    return [
        (row.entry.channel.id, event.external_id) for event in events if isinstance(event, InboundMessage)
    ]


def _references(row: Stored) -> list[str]:
    events = row.entry.events or ()
    return [ident for event in events if isinstance(event, InboundMessage) for ident in event.references[:50]]


def _again(work: Work) -> Work:
    """The same input, unsettled unless its parser settled it."""
    fresh = Work(work.stored, work.events, is_sifted=work.is_sifted)
    if not work.events and work.outcome == "quarantined":
        fresh.outcome, fresh.reason = work.outcome, work.reason
    return fresh
