"""Receivers: one running per pulling channel over all machines, restarted for ever, led by an advisory lock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from connectors.contract import ChannelConfig, CredentialsDead, Health, Http, RawInput, Receiver, State
from connectors.tokens import Tokens
from crm_core.sql import Conn
from hub import alive_store
from hub.receivers import store
from hub.runtime import Runtime
from inbox.channels import service as channels
from inbox.channels import store as channel_store
from inbox.channels.model import LiveChannel
from inbox.intake import store as intake_store
from values.backoff import delay
from values.sentences import phrase

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
RETEST_CREDENTIALS_AFTER = 300.0
MOST_BACKOFF = 120.0


class Link:
    """What a receiver may use; `accept` returns after the commit."""

    def __init__(self, runtime: Runtime, channel: LiveChannel) -> None:
        self._runtime = runtime
        self._live = channel
        self.channel: ChannelConfig = channel.config
        self.http: Http = runtime.http.for_channel(channel.config, secrets=channel.secrets)
        self.tokens: Tokens = runtime.tokens.of(channel.id)

    async def accept(
        self, inputs: Sequence[RawInput], *, checkpoint: Mapping[str, Any] | None = None, name: str = ""
    ) -> None:
        await self._runtime.intake.accept_many(self._live, inputs, checkpoint=checkpoint, name=name)

    async def checkpoint(self, name: str = "") -> Mapping[str, Any]:
        async with self._runtime.pool.acquire() as conn:
            return await channel_store.checkpoint(conn, self._live.id, name)

    async def known(self, keys: Sequence[str]) -> set[str]:
        async with self._runtime.pool.acquire() as conn:
            return await intake_store.known_keys(conn, channel_id=self._live.id, keys=keys)

    async def report(self, health: Health) -> None:
        async with self._runtime.pool.acquire() as conn, conn.transaction():
            changes = await channels.report(conn, self._live.id, health)
        await self._runtime.live.publish(changes)

    async def note(self, sentence: str) -> None:
        async with self._runtime.pool.acquire() as conn:
            await channels.log(conn, self._live.id, sentence)


class Receivers:
    """Runs the receivers this process leads. Losing the database connection that holds the locks stops them all."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._running: dict[int, tuple[int, asyncio.Task[None]]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._lead_for_ever(), name="receivers")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._stop_all()

    async def _lead_for_ever(self) -> None:
        while True:
            try:
                async with self._runtime.pool.acquire() as conn:
                    try:
                        await self._lead(conn)
                    finally:
                        await self._stop_all()
                        await store.let_all_go(conn)
            except asyncio.CancelledError:
                raise
            except (
                Exception
            ) as error:  # the leader's connection broke: stop, so that another machine may lead
                log.warning("receivers lost their leadership", extra={"error": repr(error)})
            await self._stop_all()
            await asyncio.sleep(LOOK_EVERY)

    async def _lead(self, conn: Conn) -> None:
        while True:
            wanted = {live.id: live for live in self._runtime.directory if _is_pulling(live)}
            for channel_id, (version, task) in list(self._running.items()):
                live = wanted.get(channel_id)
                if live is None or live.row.version != version:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
                    del self._running[channel_id]
                    await store.let_go(conn, channel_id)
            for channel_id, live in wanted.items():
                if channel_id not in self._running and await store.lead(conn, channel_id):
                    task = asyncio.create_task(self._run(live), name=f"receive:{live.row.slug}")
                    self._running[channel_id] = (live.row.version, task)
            await alive_store.ask(conn)
            await asyncio.sleep(LOOK_EVERY)

    async def _stop_all(self) -> None:
        tasks = {task for _, task in self._running.values()}
        self._running.clear()
        while tasks:  # a library may lose a cancellation: it is said again
            for task in tasks:
                task.cancel()
            _, tasks = await asyncio.wait(tasks, timeout=5)

    async def _run(self, live: LiveChannel) -> None:
        """Keep one receiver running: transient faults are tried again for ever, dead credentials now and then."""
        link = Link(self._runtime, live)
        receiver = live.connector
        assert isinstance(receiver, Receiver)
        tries = 0
        while True:
            began = datetime.now(UTC)
            try:
                await receiver.run(link)
                health, wait = Health(state=State.TRANSIENT, sentence=phrase("The connection ended.")), 1.0
            except asyncio.CancelledError:
                raise
            except CredentialsDead as error:
                wait = RETEST_CREDENTIALS_AFTER
                health = Health(
                    state=State.NEEDS_CREDENTIALS,
                    sentence=error.reason,
                    remedy=phrase("Enter new credentials in the channel's settings."),
                )
            except Exception as error:  # whatever it is, it must not end the channel
                tries = 0 if datetime.now(UTC) - began > timedelta(minutes=5) else tries + 1
                wait = delay(tries, first=2, limit=MOST_BACKOFF)
                log.warning("receiver failed", extra={"channel": live.row.slug, "error": repr(error)})
                health = _fault(error, retry_at=datetime.now(UTC) + timedelta(seconds=wait))
            await self._report(link, health)
            await asyncio.sleep(wait)

    async def _report(self, link: Link, health: Health) -> None:
        try:
            await link.report(health)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("a channel's state could not be stored", extra={"error": repr(error)})


def _fault(error: Exception, *, retry_at: datetime) -> Health:
    """What an exception means to who looks after the channel: whether it is on our side, and what to do."""
    remedy = phrase("Nothing to do: it is retried automatically.")
    if isinstance(error, asyncpg.DiskFullError):
        sentence = phrase("The disk of the hub's database is full: nothing is taken in.")
        remedy = phrase(
            "Make room on that disk. What was sent meanwhile waits at the provider and comes by itself."
        )
    elif isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError):
        sentence = phrase("The hub's database accepts nothing at the moment.")
    else:
        sentence = phrase("Not connected: {error}.", error=error or type(error).__name__)
    return Health(state=State.TRANSIENT, sentence=sentence, remedy=remedy, retry_at=retry_at)


def _is_pulling(live: LiveChannel) -> bool:
    if live.row.is_paused or not isinstance(live.connector, Receiver):
        return False
    wants = getattr(live.connector, "pulls", None)
    return bool(wants(live.config)) if wants else True
