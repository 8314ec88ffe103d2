"""The deliverer: claims due messages, lets connectors send them, and records each outcome for what it is."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from connectors.contract import (
    Context,
    TryAgain,
)
from inbox.changes import Change
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel
from inbox.delivery import store
from inbox.delivery.compose import Links
from inbox.delivery.model import ClaimedDelivery, DeliveryOutcome
from inbox.delivery.record import Recorder
from inbox.delivery.trying import Tries
from values.sentences import phrase

log = logging.getLogger(__name__)

CLAIM_AT_ONCE = 200
PER_CHANNEL = 64
MOST_IN_FLIGHT = 1_000
SEND_WITHIN = 90.0
DEAD_AFTER = 150.0
POLL_EVERY = 1.0
LONGEST_WAIT = 10.0
BURY_EVERY = 5.0
MAX_TRIES = 12
STOP_WITHIN = 20.0
SLOW_CLAIM = 0.2
"""Seconds after which a claim is suspected of a plan from when nearly nothing waited: PostgreSQL keeps it until it takes
statistics again, and it compares every waiting message with every other."""
PLAN_ANEW_FOR = 90.0


class Deliverer:
    """Sends this process's share of the outbox; any number of processes may run one."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        directory: Directory,
        *,
        context_of: Callable[[LiveChannel], Context],
        publish: Callable[[Sequence[Change]], Awaitable[None]],
        links: Links | None = None,
    ) -> None:
        self._pool = pool
        self._directory = directory
        self._publish = publish
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._in_flight: Counter[int] = Counter()
        self._sending: set[asyncio.Task[None]] = set()
        self._recorder = Recorder(pool, publish=publish)
        self._tries = Tries(pool, context_of=context_of, publish=publish, links=links or Links())
        self._tasks: list[asyncio.Task[None]] = []
        self._buried_at = 0.0
        self._plans_anew_until = 0.0

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._claim_for_ever(), name="deliver"),
            asyncio.create_task(self._recorder.run(), name="record"),
        ]

    async def stop(self) -> None:
        """Let what is being sent come to its end, record it, give back what no connector was handed, then end."""
        claimer, recorder = self._tasks
        self._stopping.set()
        self._wake.set()
        await asyncio.wait([claimer], timeout=STOP_WITHIN)  # a claim that is cut off leaves rows in "sending"
        claimer.cancel()
        if self._sending:
            await asyncio.wait(self._sending, timeout=STOP_WITHIN)
        await self._recorder.drain()
        recorder.cancel()
        await asyncio.gather(claimer, recorder, return_exceptions=True)

    @property
    def sent(self) -> int:
        """Messages that this process sent."""
        return self._tries.sent

    def wake(self) -> None:
        """Something may be due."""
        self._wake.set()

    # ------------------------------------------------------------ claiming

    async def _claim_for_ever(self) -> None:
        while not self._stopping.is_set():
            try:
                claimed = await self._claim()
                if time.monotonic() - self._buried_at > BURY_EVERY:
                    self._buried_at = time.monotonic()
                    await self._bury_dead()
            except Exception as error:  # the loop must live: the database may be away for a while
                log.warning("claiming failed", extra={"error": repr(error)})
                claimed = 0
                await asyncio.sleep(POLL_EVERY)
            if claimed:
                continue
            self._wake.clear()
            try:
                async with asyncio.timeout(POLL_EVERY):  # wait_for of Python 3.11 can lose a cancellation
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _claim(self) -> int:
        full = [channel_id for channel_id, n in self._in_flight.items() if n >= PER_CHANNEL]
        paused = [live.id for live in self._directory if live.row.is_paused]
        room = min(CLAIM_AT_ONCE, MOST_IN_FLIGHT - self._in_flight.total())
        if room <= 0:
            return 0
        began = time.monotonic()
        async with self._pool.acquire() as conn, conn.transaction():
            deliveries = await store.claim(
                conn, limit=room, but_channels=full + paused, plan_anew=began < self._plans_anew_until
            )
        if time.monotonic() - began > SLOW_CLAIM:
            self._plans_anew_until = time.monotonic() + PLAN_ANEW_FOR
        await self._launch([delivery for delivery in deliveries if delivery.state == "sending"])
        cancelled = [delivery for delivery in deliveries if delivery.state == "cancelled"]
        if cancelled:
            await self._publish([_change(delivery) for delivery in cancelled])
        return len(deliveries)

    async def _launch(self, deliveries: Sequence[ClaimedDelivery]) -> None:
        if self._stopping.is_set():
            await self._give_back(deliveries)
            return
        by_channel: dict[int, list[ClaimedDelivery]] = {}
        for delivery in deliveries:
            by_channel.setdefault(delivery.channel_id, []).append(delivery)
        for channel_id, group in by_channel.items():
            try:
                await self._launch_group(channel_id, group)
            except Exception as error:  # the database went away after the claim: nothing of these was sent
                log.warning("launching failed", extra={"error": repr(error), "rows": len(group)})
                for delivery in group:
                    self._recorder.tell(
                        self._tries.retry(
                            delivery, TryAgain(phrase("The database was away before it was sent."))
                        )
                    )

    async def _launch_group(self, channel_id: int, group: Sequence[ClaimedDelivery]) -> None:
        channel = await self._directory.get(channel_id)
        if channel is None:
            for delivery in group:
                self._recorder.tell(
                    DeliveryOutcome(
                        id=delivery.id, outcome="refused", reason=phrase("The channel was removed.")
                    )
                )
            return
        pace = max(channel.connector.spec.abilities.per_second, 0.01)
        step = 1 / pace
        now, later = group[: max(1, int(pace))], group[max(1, int(pace)) :]
        async with self._pool.acquire() as conn:
            starts_in = await store.reserve(conn, channel_id, step * len(now))
            if starts_in > LONGEST_WAIT:  # whoever has to wait holds no place among the senders
                await store.reserve(conn, channel_id, -step * len(now))
                now, later = [], group
            if later:  # they stay in the outbox, where they can still be taken back
                await store.put_back(
                    conn, [delivery.id for delivery in later], seconds=starts_in + step * len(now)
                )
        for n, delivery in enumerate(now):
            self._in_flight[channel_id] += 1
            task = asyncio.create_task(self._send(delivery, channel, wait=starts_in + n * step))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _stops_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._stopping.wait()
        except TimeoutError:
            return False

    async def _give_back(self, deliveries: Sequence[ClaimedDelivery]) -> None:
        """Another process, or this one when it runs again, sends them: no connector has seen them."""
        if deliveries:
            async with self._pool.acquire() as conn:
                await store.put_back(conn, [delivery.id for delivery in deliveries], seconds=0)

    async def _bury_dead(self) -> None:
        """Tries of processes that died: not certain, unless the provider drops repeats by their id."""
        async with self._pool.acquire() as conn:
            dead = await store.stale(conn, older_than=DEAD_AFTER)
        for id_, channel_id in dead:
            channel = self._directory.by_id(channel_id)
            outcome, reason = "unknown", phrase("The hub stopped while sending: it may have gone out.")
            if channel and channel.connector.spec.abilities.idempotent:
                outcome, reason = "retry", phrase("The hub stopped while sending; tried again.")
            self._recorder.tell(DeliveryOutcome(id=id_, outcome=outcome, reason=reason))

    # ------------------------------------------------------------ sending

    async def _send(self, delivery: ClaimedDelivery, channel: LiveChannel, *, wait: float) -> None:
        try:
            if wait > 0.005 and await self._stops_within(wait):
                await self._give_back([delivery])
            else:
                told = await self._tries.once(delivery, channel)
                self._recorder.tell(told)
                if told.rest:
                    asyncio.get_running_loop().call_later(told.rest + 0.02, self._wake.set)
        except asyncio.CancelledError:
            self._recorder.tell(
                DeliveryOutcome(
                    id=delivery.id, outcome="unknown", reason=phrase("The hub stopped while sending.")
                )
            )
            raise
        finally:
            self._in_flight[channel.id] -= 1
            if self._in_flight[channel.id] <= 0:
                del self._in_flight[channel.id]
            self._wake.set()


def _change(delivery: ClaimedDelivery) -> Change:
    return Change(
        kind="delivery",
        id=delivery.message_id,
        conversation_id=delivery.conversation_id,
        contact_id=delivery.contact_id,
        channel_id=delivery.home_channel_id,
        assignee_id=delivery.assignee_id,
        data={"delivery": delivery.state},
    )
