"""What a door takes: bodies within a size and a time, uncompressed, each sender counted by itself."""

from __future__ import annotations

import gzip
import threading
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from connectors.webform.connector import WebForm
from connectors.webform.door import FormDoor
from hub.bodies import TEXT_LIMIT
from hub.serve import build_app
from inbox.channels import service as channels
from tests.world import World, close_world, open_world


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, connectors=[WebForm()], bot=False)
    async with made.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn,
            made.runtime.registry,
            made.runtime.cipher,
            slug="form",
            name="Form",
            connector="webform",
            settings={"per_minute": 20},
            bot=False,
        )
    await made.runtime.refresh()
    yield made
    await close_world(made)


@pytest.fixture
async def client(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    server = TestServer(build_app(world.runtime))
    await server.start_server(auto_decompress=False)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as made:
        yield made
    await server.close()


JSON = {"Content-Type": "application/json"}


async def test_what_is_no_file_is_small(client: aiohttp.ClientSession) -> None:
    numbers = b'{"name": "Anna", "message": [' + b"1," * (TEXT_LIMIT // 2) + b"1]}"
    async with client.post("/in/form", data=BytesIO(numbers), headers=JSON) as answer:
        assert answer.status == 413
        assert str(TEXT_LIMIT) in (await answer.json())["title"]


async def test_a_file_may_be_large(client: aiohttp.ClientSession, world: World) -> None:
    form = aiohttp.FormData({"name": "Anna", "email": "anna@example.com", "message": "A plan"})
    form.add_field(
        "file", BytesIO(b"x" * 3 * TEXT_LIMIT), filename="plan.pdf", content_type="application/pdf"
    )
    async with client.post("/in/form", data=form) as answer:
        assert answer.status == 200, await answer.text()


async def test_a_compressed_body_is_not_unpacked(client: aiohttp.ClientSession) -> None:
    for encoding in ("gzip", "deflate", "br", "GZIP", "gzip, gzip"):
        headers = {**JSON, "Content-Encoding": encoding}
        body = BytesIO(gzip.compress(bytes(1000)))
        async with client.post("/in/form", data=body, headers=headers) as answer:
            assert answer.status == 415, encoding


async def test_a_large_body_is_looked_at_beside_the_loop(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    verify = FormDoor.verify

    def noted(self: FormDoor, raw: object, channel: object) -> None:
        seen.append(threading.current_thread() is threading.main_thread())
        verify(self, raw, channel)  # type: ignore[arg-type]

    monkeypatch.setattr(FormDoor, "verify", noted)
    for size in (10, 100_000):
        entry = {"name": "Anna", "email": "anna@example.com", "message": "x" * size}
        async with client.post("/in/form", json=entry) as answer:
            assert answer.status == 200
    assert seen == [True, False]


async def test_behind_a_proxy_one_flooder_shuts_the_door_for_nobody_else(
    client: aiohttp.ClientSession,
) -> None:
    entry = {"name": "Anna", "email": "anna@example.com", "message": "Hello"}
    statuses = set()
    for n in range(30):
        async with client.post(
            "/in/form", json={**entry, "message": f"{n}"}, headers={"X-Forwarded-For": "203.0.113.9"}
        ) as answer:
            statuses.add(answer.status)
    assert 429 in statuses
    async with client.post("/in/form", json=entry, headers={"X-Forwarded-For": "203.0.113.10"}) as answer:
        assert answer.status == 200


async def test_no_browser_guesses_what_an_answer_is(client: aiohttp.ClientSession) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/api/v1/contacts", "/in/none", "/nowhere"):
        async with client.get(path) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("POST", "/in/nowhere", {"data": {"a": "b"}}, 404, "no-channel"),
        ("POST", "/in/sink", {"data": "{}", "headers": {"X-Token": "wrong"}}, 401, "unverified"),
        ("POST", "/in/form", {"json": {}}, 422, "invalid"),
        ("POST", "/in/form", {"data": BytesIO(b"a" * 3_000_000), "headers": JSON}, 413, "too-large"),
        ("POST", "/in/paused", {"data": "{}"}, 503, "paused"),
    ],
)
async def test_every_no_has_a_code_that_a_program_can_branch_on(
    world: World,
    client: aiohttp.ClientSession,
    method: str,
    path: str,
    options: dict[str, Any],
    status: int,
    code: str,
) -> None:
    runtime = world.runtime
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.update(conn, runtime.registry, runtime.cipher, "sink", settings={"token": "right"})
        await channels.create(
            conn, runtime.registry, runtime.cipher, slug="paused", name="P", connector="sink"
        )
        await channels.pause(conn, "paused")
    await runtime.refresh()
    async with client.request(method, path, **options) as answer:
        assert answer.status == status, await answer.text()
        problem = await answer.json(content_type=None)
    assert problem["code"] == code
    assert problem["type"] == f"urn:omnihub:problem:{code}"
