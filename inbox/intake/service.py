"""Group commit: what arrives while one batch commits is the next batch; nobody is acknowledged before the commit.

There is no timer: a lone input commits at once, a flood shares commits. Any failure reaches every waiter of its batch.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from connectors.contract import Event, RawInput
from connectors.long_ids import fitted
from inbox.channels import store as channel_store
from inbox.channels.model import LiveChannel
from inbox.intake import store
from inbox.intake.model import Entry, Stored
from inbox.partitions import channel_partition_key, partition_key_of
from values.texts import storable

log = logging.getLogger(__name__)

MAX_ROWS = 500
MAX_BYTES = 1024 * 1024
MAX_WAITING = 10_000
IN_THREAD_FROM = 32 * 1024


class Busy(Exception):
    """Too much waits already, or the database is away: ask the sender to come again in `after` seconds."""

    def __init__(self, after: int = 5) -> None:
        super().__init__("The hub cannot store more at the moment; try again shortly.")
        self.after = after


@dataclass(slots=True)
class _Waiting:
    entry: Entry
    done: asyncio.Future[int]


class Intake:
    """Accepts raw inputs of this process. `on_stored` hears of committed new rows, in order, and must not block."""

    def __init__(self, pool: asyncpg.Pool, *, on_stored: Callable[[Sequence[Stored]], None]) -> None:
        self._pool = pool
        self._on_stored = on_stored
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.accepted = 0

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="intake")

    async def stop(self) -> None:
        """Commit what waits, then end."""
        rest = [waiting.done for waiting in self._waiting]
        if rest and self._task and not self._task.done():
            await asyncio.wait(rest, timeout=10)
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._fail(self._take_all(), Busy())

    async def accept(self, channel: LiveChannel, raw: RawInput) -> int:
        """Store one input; returns its journal id once committed, the first one's for a repeat. Raises Busy."""
        if len(self._waiting) >= MAX_WAITING:
            raise Busy
        entry = await _prepared(channel, raw)
        waiting = _Waiting(entry, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._wake.set()
        return await waiting.done

    async def accept_many(
        self,
        channel: LiveChannel,
        raws: Sequence[RawInput],
        *,
        checkpoint: Mapping[str, Any] | None = None,
        name: str = "",
    ) -> list[int]:
        """Store inputs and a receiver's checkpoint in one transaction; returns the ids of the new ones."""
        entries = [await _prepared(channel, raw) for raw in raws]
        async with self._pool.acquire() as conn, conn.transaction():
            ids = await store.store(conn, entries) if entries else []
            if checkpoint is not None:
                await channel_store.save_checkpoint(conn, channel.id, name, checkpoint)
        stored = [Stored(id=id_, entry=entry) for id_, entry in zip(ids, entries, strict=True) if id_]
        self._announce(stored)
        return [row.id for row in stored]

    # ------------------------------------------------------------ the flusher

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self._flush(self._take())

    def _take(self) -> list[_Waiting]:
        size = 0
        for n, waiting in enumerate(self._waiting):
            size += len(waiting.entry.raw.body)
            if n and (n >= MAX_ROWS or size > MAX_BYTES):
                batch, self._waiting = self._waiting[:n], self._waiting[n:]
                return batch
        return self._take_all()

    def _take_all(self) -> list[_Waiting]:
        batch, self._waiting = self._waiting, []
        return batch

    async def _flush(self, batch: list[_Waiting]) -> None:
        try:
            async with self._pool.acquire(timeout=10) as conn:
                await self._store(conn, batch)
        except asyncio.CancelledError:
            self._fail(batch, Busy())
            raise
        except Exception as error:  # any failure must reach every waiter, or their requests hang for ever
            if isinstance(error, (asyncpg.DataError, ValueError)) and len(batch) > 1:
                await self._flush(batch[: len(batch) // 2])
                await self._flush(batch[len(batch) // 2 :])
                return
            log.warning("journal commit failed", extra={"error": repr(error), "rows": len(batch)})
            self._fail(batch, Busy())

    async def _store(self, conn: Any, batch: list[_Waiting]) -> None:
        ids = await store.store(conn, [waiting.entry for waiting in batch])
        stored: list[Stored] = []
        for waiting, id_ in zip(batch, ids, strict=True):
            if id_ is None:
                key = waiting.entry.raw.key or ""
                id_ = await store.id_of(conn, channel_id=waiting.entry.channel.id, key=key)
            else:
                stored.append(Stored(id=id_, entry=waiting.entry))
            if not waiting.done.done():
                waiting.done.set_result(id_ or 0)
        self._announce(stored)

    def _announce(self, stored: Sequence[Stored]) -> None:
        self.accepted += len(stored)
        if stored:
            self._on_stored(stored)

    def _fail(self, batch: list[_Waiting], error: Exception) -> None:
        for waiting in batch:
            if not waiting.done.done():
                waiting.done.set_exception(error)


async def _prepared(channel: LiveChannel, raw: RawInput) -> Entry:
    """A large input is looked at in a thread, so that the door stays open meanwhile."""
    if channel.connector.spec.parse_at_door and len(raw.body) > IN_THREAD_FROM:
        return await asyncio.to_thread(prepare, channel, raw)
    return prepare(channel, raw)


def prepare(channel: LiveChannel, raw: RawInput) -> Entry:
    """An entry with its lane. Quick parsers run here already, so that a person's inputs are ordered over all processes."""
    if raw.key is not None:
        raw = _with_clean_key(raw)
    events = _look(channel, raw) if channel.connector.spec.parse_at_door else None
    lane = (
        channel_partition_key(channel.id)
        if events is None
        else partition_key_of(events, channel_id=channel.id)
    )
    return Entry(channel=channel, raw=raw, lane=lane, events=events)


def _with_clean_key(raw: RawInput) -> RawInput:
    key = fitted(storable(raw.key or "")) or None
    return raw if key == raw.key else replace(raw, key=key)


def _look(channel: LiveChannel, raw: RawInput) -> Sequence[Event] | None:
    try:
        return channel.connector.parse(raw, channel.config)
    except Exception:  # a parser's fault is told when the input is processed, after it has been stored
        return None
