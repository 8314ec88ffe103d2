"""Limits for those who connect and say nothing: a deadline for the head of a request, a number a peer, enough descriptors."""

from __future__ import annotations

import asyncio
import resource
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from hub.peers import is_inside

HEAD_WITHIN = 15.0
"""Seconds from the first byte of a request, or from connecting, until its head must be there."""
KEEP_ALIVE = 75.0
"""Seconds that an idle connection is kept for the next request."""
MOST_SILENT = 512
"""Connections of one peer whose head is awaited; the oldest make room."""
MOST = 2048
"""Connections of one peer from outside; one of our own network may be a proxy and speaks for many."""
DESCRIPTORS = 65_536
KEPT_FREE = 256
"""Descriptors for the engines, for files and for what the hub itself connects to."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def raise_descriptors(wanted: int = DESCRIPTORS) -> int:
    """As many open files as this process may have, up to `wanted`; the limit in force then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    aim = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= aim:
        return wanted if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (aim, hard))
    return aim


class Connections:
    """What stands open, by peer. One for each server; makes the protocol of a new connection."""

    def __init__(self, server: Callable[[], asyncio.Protocol], *, descriptors: int) -> None:
        room = max(descriptors - KEPT_FREE, 16)
        self._server = server
        self._most = min(MOST, room // 2)
        self._most_silent = min(MOST_SILENT, room // 4)
        self._silent: dict[str, OrderedDict[Guarded, None]] = {}
        self._open: dict[str, int] = {}
        self._by_handler: dict[object, Guarded] = {}

    def __call__(self) -> Guarded:
        return Guarded(self._server(), self)

    def find(self, request: web.BaseRequest) -> Guarded | None:
        """The connection that a request came by; None under a test server without these limits."""
        return self._by_handler.get(request.protocol)

    def open(self, line: Guarded) -> bool:
        """Count a new connection. False when its peer has too many."""
        self._by_handler[line.inner] = line
        self._open[line.peer] = self._open.get(line.peer, 0) + 1
        return is_inside(line.peer) or not line.peer or self._open[line.peer] <= self._most

    def closed(self, line: Guarded) -> None:
        self.heard(line)
        if self._by_handler.pop(line.inner, None) is None:
            return
        left = self._open.get(line.peer, 1) - 1
        if left > 0:
            self._open[line.peer] = left
        else:
            self._open.pop(line.peer, None)

    def silent(self, line: Guarded) -> None:
        """A head is awaited; the peer's oldest of too many such lines is closed."""
        lines = self._silent.setdefault(line.peer, OrderedDict())
        lines[line] = None
        if len(lines) > self._most_silent:
            oldest, _ = lines.popitem(last=False)
            oldest.give_up()

    def heard(self, line: Guarded) -> None:
        lines = self._silent.get(line.peer)
        if lines is not None:
            lines.pop(line, None)
            if not lines:
                del self._silent[line.peer]


class Guarded(asyncio.Protocol):
    """A connection with a deadline for the head of each request, in front of aiohttp's own protocol."""

    def __init__(self, inner: Any, connections: Connections) -> None:
        self.inner = inner
        self.peer = ""
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._is_busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's transports are no subclasses
        name = transport.get_extra_info("peername")
        self.peer = str(name[0]) if isinstance(name, tuple) and name else ""
        self.inner.connection_made(transport)
        if self._connections.open(self):
            self._await_head()
        else:
            self.give_up()

    def data_received(self, data: bytes) -> None:
        if not self._is_busy and self._deadline is None:
            self._await_head()
        self.inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self.inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        self._connections.closed(self)
        self.inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.inner.resume_writing()

    def begin(self) -> None:
        """A request is being answered: nothing is awaited of the other side but its body."""
        self._is_busy = True
        self._head_is_here()

    def end(self) -> None:
        self._is_busy = False

    def give_up(self) -> None:
        """Close without a word: whoever says nothing reads nothing."""
        self._head_is_here()
        if self._transport is not None:
            self._transport.abort()

    def _await_head(self) -> None:
        self._deadline = asyncio.get_running_loop().call_later(HEAD_WITHIN, self.give_up)
        self._connections.silent(self)

    def _head_is_here(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self._connections.heard(self)


CONNECTIONS = web.AppKey("connections", list[Connections])
"""Filled by the server when it starts; empty in front of a test's own server."""


@web.middleware
async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tells the connection that the head is here, and when the next one is awaited."""
    line = next((found for each in request.app[CONNECTIONS] if (found := each.find(request))), None)
    if line is None:
        return await handler(request)
    line.begin()
    try:
        return await handler(request)
    finally:
        line.end()


class Site(web.BaseSite):
    """A listening address whose connections are limited; otherwise aiohttp's TCPSite."""

    def __init__(self, runner: web.AppRunner, host: str, port: int, *, backlog: int = 1024) -> None:
        super().__init__(runner, backlog=backlog)
        self._app, self._host, self._port = runner.app, host, port

    @property
    def name(self) -> str:
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        await super().start()
        server = self._runner.server
        assert server is not None
        connections = Connections(server, descriptors=raise_descriptors())
        self._app[CONNECTIONS].append(connections)
        self._server = await asyncio.get_running_loop().create_server(
            connections, self._host, self._port, backlog=self._backlog, reuse_port=True
        )
