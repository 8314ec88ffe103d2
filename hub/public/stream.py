"""The live stream to visitors: every message of their thread reaches the widget, however often the line breaks.

The database is the source, the live bus only says when to look. A connection looks back over the last messages each time,
because an answer that was held back (the undo window) has a lower id than what the visitor wrote meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from aiohttp import web

from connectors.sitechat.guard import TOKEN_LASTS
from connectors.sitechat.render import payload
from connectors.webform.visitor import Visitor, recognise
from crm_core.users.model import SYSTEM
from hub.public import thread
from hub.public.channel import channel_of, problem, runtime_of
from hub.public.limits import too_often
from hub.runtime import Runtime
from inbox.changes import Change
from inbox.channels.model import LiveChannel
from inbox.views import queries

log = logging.getLogger(__name__)

LOOK_BACK: Final = 50
HEARTBEAT: Final = 20.0
WRITE_WITHIN: Final = 20.0
PER_VISITOR: Final = 12
MOST: Final = 5000
REMEMBERED: Final = 10_000
PER_MINUTE: Final = 120

Key = tuple[int, str]


@dataclass(slots=True, eq=False)
class Line:
    """One open widget: what it has, and what it is to be told."""

    after: int
    has: OrderedDict[int, bytes] = field(default_factory=OrderedDict[int, bytes])
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    typing: str = ""
    is_over: bool = False

    def news(self, message: dict[str, Any]) -> bytes | None:
        """A message as an event; None when the widget has it just so."""
        data = orjson.dumps(message)
        if self.has.get(message["id"]) == data:
            return None
        self.has[message["id"]] = data
        return b"id: %d\nevent: message\ndata: %s\n\n" % (message["id"], data)

    def forget(self) -> None:
        """Look back over the last messages only."""
        ids = sorted(self.has)
        for old in ids[:-LOOK_BACK]:
            del self.has[old]
            self.after = max(self.after, old)


class Streams:
    """The open widgets of this process, woken by changes of every process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lines: dict[Key, set[Line]] = {}
        self._whose: OrderedDict[int, Key] = OrderedDict()
        self._unknown: dict[int, Change] = {}
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.open = 0

    def start(self) -> None:
        self._runtime.live.listen(self.notify)
        self._task = asyncio.create_task(self._look_up_for_ever(), name="visitor-streams")

    async def stop(self) -> None:
        self._runtime.live.unlisten(self.notify)
        self.close()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def close(self) -> None:
        """Let every widget go; they come back by themselves."""
        for line in [line for lines in self._lines.values() for line in lines]:
            line.is_over = True
            line.wake.set()

    @contextmanager
    def joined(self, channel_id: int, visitor: Visitor, line: Line) -> Generator[None]:
        """The line is woken inside."""
        keys = [(channel_id, value) for value in visitor.ids]
        for key in keys:
            self._lines.setdefault(key, set()).add(line)
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1
            for key in keys:
                self._lines[key].discard(line)
                if not self._lines[key]:
                    del self._lines[key]

    def count(self, channel_id: int, visitor: Visitor) -> int:
        return len(self._lines.get((channel_id, visitor.id), ()))

    async def notify(self, change: Change) -> None:
        """Hear of a change; quick, whatever it is about."""
        if not self._lines or change.kind not in ("message", "delivery", "presence"):
            return
        if change.kind == "presence" and not _is_of_ours(change):
            return
        if change.channel_id is not None and all(key[0] != change.channel_id for key in self._lines):
            return
        if change.conversation_id is None:
            self._wake_channel(change)
        elif key := self._whose.get(change.conversation_id):
            self._wake(key, change)
        else:
            self._unknown[change.conversation_id] = change
            self._asked.set()

    def _wake_channel(self, change: Change) -> None:
        for (channel_id, _value), lines in self._lines.items():
            if channel_id == change.channel_id:
                for line in lines:
                    line.wake.set()

    def _wake(self, key: Key, change: Change) -> None:
        for line in self._lines.get(key, ()):
            if change.kind == "presence":
                line.typing = str(change.data.get("name") or "").split(" ")[0] or "…"
            line.wake.set()

    async def _look_up_for_ever(self) -> None:
        """Whose conversations those are that nobody asked about before."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            asked, self._unknown = self._unknown, {}
            try:
                async with self._runtime.pool.acquire() as conn:
                    rows = await queries.rows(conn, SYSTEM, sorted(asked))
            except Exception as error:  # the loop must live; widgets look by themselves at each heartbeat
                log.warning("looking up visitors failed", extra={"error": repr(error)})
                continue
            for row in rows:
                self._whose[row.id] = (row.channel_id, row.handle_value)
                self._wake(self._whose[row.id], asked[row.id])
            while len(self._whose) > REMEMBERED:
                self._whose.popitem(last=False)


STREAMS: web.AppKey[Streams] = web.AppKey("visitor_streams", Streams)


async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events of one widget: `message`, `typing`, `ready`, and `expired` when it needs a new token."""
    channel = channel_of(request, "sitechat")
    visitor = visitor_of(channel, request.query.get("token", ""))
    streams = request.app[STREAMS]
    if refusal := too_often(request, "events", visitor.id, per_minute=PER_MINUTE):
        return refusal
    if streams.count(channel.id, visitor) >= PER_VISITOR or streams.open >= MOST:
        return problem(503, "Too many chats are open.", headers={"Retry-After": "30"})
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
            "X-Content-Type-Options": "nosniff",
        }
    )
    await response.prepare(request)
    line = Line(after=_after(request))
    with streams.joined(channel.id, visitor, line):
        try:
            await _feed(request, response, channel=channel, visitor=visitor, line=line)
        except (ConnectionError, TimeoutError):
            return response
    return response


def visitor_of(channel: LiveChannel, token: str) -> Visitor:
    """The visitor of a good token. Raises 401, which tells the widget to get a new one."""
    visitor = recognise(channel.config.secret, token)
    if visitor is None or time.time() - visitor.issued > TOKEN_LASTS:
        raise web.HTTPUnauthorized(text="This token is not good (any more). Ask for a new one.")
    return visitor


async def _feed(
    request: web.Request, response: web.StreamResponse, *, channel: LiveChannel, visitor: Visitor, line: Line
) -> None:
    await _write(response, b"retry: 2000\n\n")
    await _catch_up(request, response, channel=channel, visitor=visitor, line=line)
    await _write(response, b"event: ready\ndata: {}\n\n")
    while not line.is_over:
        try:
            await asyncio.wait_for(line.wake.wait(), HEARTBEAT)
        except TimeoutError:
            await _write(response, b": still here\n\n")
        line.wake.clear()
        if time.time() - visitor.issued > TOKEN_LASTS:
            await _write(response, b"event: expired\ndata: {}\n\n")
            return
        if line.typing:
            name, line.typing = line.typing, ""
            await _write(response, b"event: typing\ndata: %s\n\n" % orjson.dumps({"name": name}))
        if not line.is_over:
            await _catch_up(request, response, channel=channel, visitor=visitor, line=line)


async def _catch_up(
    request: web.Request, response: web.StreamResponse, *, channel: LiveChannel, visitor: Visitor, line: Line
) -> None:
    """Write what is new since the widget's last look, page by page."""
    after = line.after
    while True:
        async with runtime_of(request).pool.acquire() as conn:
            messages = await thread.read(conn, channel, visitor, after=after)
        parcels = [parcel for message in messages if (parcel := line.news(payload(message)))]
        if parcels:
            await _write(response, b"".join(parcels))
        if len(messages) < thread.PAGE:
            break
        after = messages[-1].id
    line.forget()


async def _write(response: web.StreamResponse, parcel: bytes) -> None:
    """A widget that does not read is let go, so that it does not hold anything up."""
    async with asyncio.timeout(WRITE_WITHIN):
        await response.write(parcel)


def _after(request: web.Request) -> int:
    """The message after which the widget wants to hear: it names one that stands some way back."""
    given = request.query.get("after", "")
    return min(int(given), 2**62) if given.isascii() and given.isdigit() and len(given) < 20 else 0


def _is_of_ours(change: Change) -> bool:
    """Whether one of our people types, in a conversation that is named."""
    data = change.data
    return data.get("what") == "typing" and "user_id" in data and change.conversation_id is not None
