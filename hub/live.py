"""Tells every process what changed: Redis pub/sub between processes, a bounded queue within each.

Losing Redis loses no truth: changes made here still reach the browsers of this process, and the subscriber comes back.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from inbox.changes import Change
from values.sentences import english

log = logging.getLogger(__name__)

TOPIC = "hub:live"
BACKLOG = 10_000
PATIENCE = 2.0
RETRY = (0.1, 0.5, 1.0, 2.0, 5.0)
Listener: TypeAlias = Callable[[Change], Awaitable[None]]


class Parcel(msgspec.Struct, frozen=True):
    """What goes over Redis. `origin` names the process, which has heard its own changes already."""

    origin: str
    changes: list[Change]


class Live:
    """Publishes changes and hands all of them, from every process, to the listeners of this one, in order."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._origin = secrets.token_hex(8)
        self._listeners: list[Listener] = []
        self._queue: asyncio.Queue[Change] = asyncio.Queue(BACKLOG)
        self._tasks: list[asyncio.Task[None]] = []
        self._encode = msgspec.json.Encoder(enc_hook=english).encode
        self._decode = msgspec.json.Decoder(Parcel).decode
        self._is_lost = False
        self.dropped = 0

    def listen(self, listener: Listener) -> None:
        """Call `listener` with every change from now on. It must return soon."""
        self._listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    async def publish(self, changes: Sequence[Change]) -> None:
        """Tell everybody, after the commit. Never raises for a Redis that is away."""
        if not changes:
            return
        self._offer(changes)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._redis.publish(TOPIC, self._encode(Parcel(self._origin, list(changes))))
        except (RedisError, OSError):
            self._lost()

    async def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._deliver(), name="live-deliver"),
            asyncio.create_task(self._subscribe(), name="live-subscribe"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def _offer(self, changes: Sequence[Change]) -> None:
        for change in changes:
            try:
                self._queue.put_nowait(change)
            except asyncio.QueueFull:
                self.dropped += 1

    async def _deliver(self) -> None:
        while True:
            change = await self._queue.get()
            for listener in tuple(self._listeners):
                try:
                    await listener(change)
                except Exception:  # one listener that fails must not keep the others from hearing
                    log.exception("live listener failed", extra={"kind": change.kind})

    async def _subscribe(self) -> None:
        tries = 0
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(TOPIC)
                    self._found()
                    tries = 0
                    await self._read(pubsub)
            except (RedisError, OSError):
                self._lost()
            await asyncio.sleep(RETRY[min(tries, len(RETRY) - 1)])
            tries += 1

    async def _read(self, pubsub: Any) -> None:
        """Until the line breaks; a quiet line is asked for a sign of life."""
        while True:
            message = await pubsub.get_message(timeout=20.0)
            if message is None:
                await pubsub.ping()
            elif message["type"] == "message":
                self._take(message["data"])

    def _take(self, data: bytes) -> None:
        try:
            parcel = self._decode(data)
        except msgspec.DecodeError:
            log.warning("live push not understood", extra={"size": len(data)})
            return
        if parcel.origin != self._origin:
            self._offer(parcel.changes)

    def _lost(self) -> None:
        if not self._is_lost:
            self._is_lost = True
            log.warning("live pushes between processes are down: no Redis")

    def _found(self) -> None:
        if self._is_lost:
            self._is_lost = False
            log.info("live pushes between processes are back")
