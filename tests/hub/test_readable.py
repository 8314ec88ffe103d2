"""Headers that are no UTF-8: what a proxy or an old browser passes on in another encoding breaks no answer and loses no entry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer

from hub.serve import build_app
from tests.world import World, close_world, open_world

BYTES = (b"\xff\xfe", "é".encode("latin-1"), b"\xed\xa0\x80")
NAMES = (
    "Referer",
    "User-Agent",
    "Accept-Language",
    "Cookie",
    "Origin",
    "X-CSRF-Token",
    "X-Forwarded-For",
    "X-Client-City",
)
PATHS = ("/sign-in", "/inbox", "/session", "/nothing", "/api/v1/contacts", "/in/sink", "/healthz")


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, bot=False)
    yield made
    await close_world(made)


@pytest.fixture
async def server(world: World) -> AsyncIterator[TestServer]:
    made = TestServer(build_app(world.runtime))
    await made.start_server()
    yield made
    await made.close()


async def ask(server: TestServer, method: str, path: str, *lines: bytes, body: bytes = b"") -> int:
    """The status of a request whose headers go out as bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = [f"{method} {path} HTTP/1.1".encode(), b"Host: 127.0.0.1", b"Connection: close", *lines]
    if body:
        head.append(b"Content-Length: %d" % len(body))
    writer.write(b"\r\n".join([*head, b"", b""]) + body)
    status = int((await reader.readline()).split()[1])
    writer.close()
    return status


async def test_no_byte_of_a_header_is_an_error_of_ours(server: TestServer) -> None:
    for path in PATHS:
        for name in NAMES:
            for value in BYTES:
                line = name.encode() + b": " + value
                assert await ask(server, "GET", path, line) < 500, (path, name, value)


async def test_an_entry_is_stored_whatever_its_headers_hold(server: TestServer, world: World) -> None:
    for number, value in enumerate(BYTES):
        body = b'{"id": "odd-%d", "sender": "+85512000001", "text": "Hello"}' % number
        for name in (b"User-Agent", b"Content-Type"):
            assert await ask(server, "POST", "/in/sink", name + b": " + value, body=body) == 200
    await world.settled()
    assert await world.value("SELECT count(*) FROM inbox_message WHERE direction = 'in'") == len(BYTES)
