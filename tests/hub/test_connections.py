"""Who connects and says nothing is let go, and stands in nobody's way."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from hub import connections
from hub.connections import CONNECTIONS, Site, raise_descriptors, watch

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LONG = 60.0
"""Seconds after which a test gives up hoping."""


@asynccontextmanager
async def serving(
    handler: Callable[[web.Request], object] | None = None,
) -> AsyncIterator[Callable[[], object]]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application(middlewares=[watch])
    app[CONNECTIONS] = []
    app.router.add_route("*", "/{path:.*}", handler or answer)  # type: ignore[arg-type]
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, auto_decompress=False)
    await runner.setup()
    port = unused_port()
    await Site(runner, "127.0.0.1", port).start()
    lines: list[asyncio.StreamWriter] = []

    async def line() -> Line:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines.append(writer)
        return reader, writer

    yield line
    for writer in lines:
        writer.close()
    await runner.cleanup()


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Whether the other side ends the line, however long that takes."""
    try:
        async with asyncio.timeout(LONG):
            return await reader.read(1) == b""
    except ConnectionError:
        return True


async def answered(line: Line) -> bool:
    reader, writer = line
    writer.write(GET)
    async with asyncio.timeout(LONG):
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(2)
    return head.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("said", [b"", b"G", GET[:-2], b"GET / HTTP/1.1\r\nX: " + b"y" * 500])
async def test_a_head_that_does_not_come_ends_the_line(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.5)
    async with serving() as line:
        reader, writer = await line()
        writer.write(said)
        assert await is_closed(reader)


async def test_a_second_head_has_its_own_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.5)
    async with serving() as line:
        reader, writer = await line()
        assert await answered((reader, writer))
        writer.write(GET[:10])
        assert await is_closed(reader)


async def test_a_slow_answer_and_a_slow_body_are_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.5)
    go_on = asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.6)  # longer than a head may take
        body = await request.read()
        go_on.set()
        return web.Response(body=body)

    async with serving(slow) as line:
        reader, writer = await line()
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
        await asyncio.sleep(0.6)
        writer.write(b"cd")
        async with asyncio.timeout(LONG):
            await go_on.wait()
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(4) == b"abcd"


async def test_the_oldest_silent_lines_of_a_peer_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_SILENT", 3)
    async with serving() as line:
        busy = await line()
        assert await answered(busy)
        silent = [await line() for _ in range(5)]
        assert await is_closed(silent[0][0])
        assert await is_closed(silent[1][0])
        assert await answered(await line())
        assert await answered(busy), "a line that spoke is not counted"
        assert await answered(silent[4])


async def test_twice_as_many_silent_lines_as_there_are_descriptors_shut_nobody_out() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        async with serving() as line:
            for _ in range(1_100):
                await line()
            assert await answered(await line())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_descriptors_are_raised_as_far_as_they_may() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
        assert raise_descriptors(300) == min(300, hard)
        assert raise_descriptors(200) == min(300, hard), "never lowered"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
