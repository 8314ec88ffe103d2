"""Whatever stands in `Expect`: 100-continue goes on, the rest is refused in words, nothing breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest
from aiohttp.test_utils import TestServer

from hub.serve import build_app
from tests.world import World, close_world, open_world

PATHS = (
    "/in/sink",
    "/api/v1/contacts",
    "/api/v1/nothing",
    "/inbox",
    "/form/form",
    "/healthz",
    "/metrics",
    "/public/x.js",
)


@pytest.fixture
async def port(db_url: str, redis_url: str) -> AsyncIterator[int]:
    world: World = await open_world(db_url, redis_url)
    server = TestServer(build_app(world.runtime))
    await server.start_server()
    assert server.port
    yield server.port
    await server.close()
    await close_world(world)


async def ask(port: int, head: bytes, body: bytes = b"") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head + b"\r\n")
    if body:
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(body)
    async with asyncio.timeout(30):
        told = await reader.read()
    writer.close()
    return told


@pytest.mark.parametrize(
    "wish", [b"\xff", b"\xff\xfe\x00"[:2], b"bananas", b"100-continued", "ожидание".encode(), b"x" * 5_000]
)
async def test_what_cannot_be_expected_is_a_417(port: int, wish: bytes) -> None:
    for path in PATHS:
        method = b"POST" if path == "/in/sink" else b"GET"
        told = await ask(
            port,
            method
            + b" "
            + path.encode()
            + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: "
            + wish
            + b"\r\n",
        )
        assert told.startswith(b"HTTP/1.1 417 "), (path, told[:200])
        problem = orjson.loads(told.partition(b"\r\n\r\n")[2])
        assert problem["code"] == "expectation-failed"
        assert wish not in told


async def test_100_continue_goes_on(port: int) -> None:
    body = b'{"id": "m1", "sender": "+12025550111", "text": "hi"}'
    head = (
        b"POST /in/sink HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-Continue\r\nContent-Length: "
    )
    told = await ask(port, head + str(len(body)).encode() + b"\r\n", body)
    assert told.startswith(b"HTTP/1.1 200 ")
