"""Listens to Asterisk for ever: every event to the journal together with the calls still open, whatever the line does."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from connectors.asterisk.client import LOST, AmiLine, signed_in
from connectors.asterisk.model import AnnotatedEvent, Snapshot
from connectors.asterisk.settings import Access, Lines
from connectors.asterisk.table import Table
from connectors.contract import Health, RawInput, ReceiverContext, Refused, State, TryAgain
from values.backoff import delay
from values.sentences import phrase

log = logging.getLogger(__name__)
BATCH = 500
MOST_WAITING = 20_000
CHECKPOINT = "calls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds. After `quiet` without a word Asterisk is asked for a sign of life, after twice that the line is dead."""

    quiet: float = 30.0
    first: float = 1.0
    longest: float = 60.0
    step: float = 10.0


class Listener:
    """One Asterisk; `run` ends only by cancellation or `CredentialsDead`."""

    def __init__(self, context: ReceiverContext, access: Access, *, pace: Pace) -> None:
        self._context, self._access, self._pace = context, access, pace
        self._failures = 0

    async def run(self) -> None:
        stored = await self._context.checkpoint(CHECKPOINT)
        try:
            snapshot = msgspec.convert(dict(stored), Snapshot)
        except msgspec.ValidationError:
            snapshot = Snapshot()
        self._table = Table(Lines.of(self._context.channel.settings), snapshot)
        sentence = phrase("Connecting to Asterisk at {host}.", host=self._access.host)
        await self._context.report(Health(state=State.CONNECTING, sentence=sentence))
        while True:
            try:
                async with signed_in(self._access, events=True, step=self._pace.step) as line:
                    await self._listen(line)
            except LOST:
                sentence = phrase("The line to Asterisk is lost.")
                await self._pause(sentence)
            except (TryAgain, Refused) as error:
                await self._pause(error.reason)

    async def _listen(self, line: AmiLine) -> None:
        channels = await line.listed("CoreShowChannels")
        found = self._table.resume(channels)
        if found:
            await self._keep([raw_of(told) for told in found])
            count = sum(len(told.calls) for told in found)
            await self._context.note(
                f"The line to Asterisk is back: {count} changes of calls were made up for."
            )
        self._failures = 0
        await self._context.report(Health(state=State.CONNECTED, sentence=phrase("Connected to Asterisk.")))
        waiting: asyncio.Queue[tuple[dict[str, str], datetime]] = asyncio.Queue(MOST_WAITING)
        reading = asyncio.create_task(self._read(line, waiting))
        try:
            while True:
                await self._write(await _batch(waiting, reading))
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, line: AmiLine, waiting: asyncio.Queue[tuple[dict[str, str], datetime]]) -> None:
        """Where the journal is slow the queue fills, then Asterisk waits; if it hangs up, the next line makes up for it."""
        is_asked = False
        while True:
            try:
                async with asyncio.timeout(self._pace.quiet):
                    event = await line.event()
            except TimeoutError:
                if is_asked:
                    raise
                await line.ask_for_sign_of_life()
                is_asked = True
                continue
            is_asked = False
            await waiting.put((event, datetime.now(UTC)))

    async def _write(self, batch: Sequence[tuple[dict[str, str], datetime]]) -> None:
        pairs = ((self._table.annotate(event), at) for event, at in batch)
        inputs = [raw_of(told, at) for told, at in pairs if told is not None]
        if inputs:
            await self._keep(inputs)

    async def _keep(self, inputs: Sequence[RawInput]) -> None:
        """Until it is committed: Asterisk tells nothing twice."""
        mark = msgspec.to_builtins(self._table.snapshot(time.time()))
        tries = 0
        while True:
            try:
                await self._context.accept(inputs, checkpoint=mark, name=CHECKPOINT)
                return
            except (
                Exception
            ) as error:  # whatever the database says: what is not stored yet must not be dropped
                tries += 1
                log.log(
                    logging.WARNING if tries == 1 else logging.DEBUG,
                    "events of Asterisk wait for the journal",
                    extra={"error": repr(error), "events": len(inputs)},
                )
                await asyncio.sleep(delay(tries, first=self._pace.first / 4, limit=10))

    async def _pause(self, sentence: str) -> None:
        self._failures += 1
        wait = delay(self._failures, first=self._pace.first, limit=self._pace.longest)
        await self._context.report(
            Health(
                state=State.TRANSIENT,
                sentence=sentence,
                remedy=phrase(
                    "Nothing to do: it is retried automatically. If it persists, check address, port and manager.conf."
                ),
                retry_at=datetime.now(UTC) + timedelta(seconds=wait),
            )
        )
        await asyncio.sleep(wait)


async def _batch(
    waiting: asyncio.Queue[tuple[dict[str, str], datetime]], reading: asyncio.Task[None]
) -> list[tuple[dict[str, str], datetime]]:
    """What has come; raises what ended the reading once everything read before is taken."""
    if waiting.empty():
        getting = asyncio.ensure_future(waiting.get())
        try:
            await asyncio.wait({getting, reading}, return_when=asyncio.FIRST_COMPLETED)
            first = [getting.result()] if getting.done() else []
        finally:
            getting.cancel()
        if not first:
            await reading
    else:
        first = [waiting.get_nowait()]
    while not waiting.empty() and len(first) < BATCH:
        first.append(waiting.get_nowait())
    return first


def raw_of(told: AnnotatedEvent, at: datetime | None = None) -> RawInput:
    """The name of an input is what its event says: told again, after a take-over or by a replay, it is the same.

    A channel of a list may be told for two reasons, that its call began and that somebody took it.
    """
    is_listed = told.event.get("Event") == "CoreShowChannel"
    said = msgspec.json.encode([sorted(told.event.items()), told.calls if is_listed else []])
    return RawInput(
        transport="poll",
        body=msgspec.json.encode(told),
        received_at=at or datetime.now(UTC),
        key="ami:" + hashlib.sha256(said).hexdigest()[:40],
    )
