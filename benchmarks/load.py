"""A small HTTP load generator: raw keep-alive connections, one request in flight on each, latencies kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast


@dataclass(slots=True)
class Load:
    """What a run measured. Latencies in seconds, unsorted; `bad` are answers other than 2xx."""

    seconds: float = 0
    latencies: list[float] = field(default_factory=list[float])
    bad: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        found = sorted(self.latencies)
        return found[min(len(found) - 1, int(share * len(found)))] * 1000 if found else 0.0


class _Connection(asyncio.Protocol):
    def __init__(
        self, make: Callable[[], bytes], until: float, load: Load, done: asyncio.Future[None]
    ) -> None:
        self._make, self._until, self._load, self._done = make, until, load, done
        self._buffer = b""
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._buffer.lower().find(b"content-length:", 0, head)
        length = int(self._buffer[at + 15 : self._buffer.find(b"\r\n", at)]) if at >= 0 else 0
        if len(self._buffer) < head + 4 + length:
            return
        now = time.perf_counter()
        if self._buffer[9:10] == b"2":
            self._load.latencies.append(now - self._began)
        else:
            self._load.bad += 1
        self._buffer = b""
        if now >= self._until:
            self._transport.close()
            return
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _send(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._make())


def request(path: str, body: bytes, *, host: str = "127.0.0.1", headers: str = "") -> bytes:
    """A POST as bytes."""
    kind = "Content-Type: application/json\r\n"
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{kind}{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def closed_loop(
    port: int, make: Callable[[], bytes], *, connections: int, seconds: float, host: str = "127.0.0.1"
) -> Load:
    """Every connection sends as soon as it was answered, for so many seconds."""
    load = Load()
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    until = began + seconds
    done: list[asyncio.Future[None]] = []
    for _ in range(connections):
        future = loop.create_future()
        done.append(future)
        await loop.create_connection(lambda f=future: _Connection(make, until, load, f), host, port)
    await asyncio.gather(*done)
    load.seconds = time.perf_counter() - began
    return load
