"""A running hub with its API, and callers with tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from crm_core.users.model import User
from hub.api import tokens
from hub.serve import build_app
from tests.world import World, close_world, open_world


@dataclass(slots=True)
class Answer:
    """A status and what came with it; `content_type` tells a problem."""

    status: int
    content_type: str
    json: Any
    headers: Any


@dataclass(slots=True)
class Caller:
    """Somebody with a token."""

    client: TestClient
    token: str

    async def __call__(self, method: str, path: str, json: Any = None, **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        async with self.client.request(
            method, f"/api/v1{path}", json=json, headers=headers, **options
        ) as response:
            is_json = response.content_type.endswith("json")
            body = await response.json(content_type=None) if is_json else await response.text()
            return Answer(response.status, response.content_type, body, response.headers)

    async def ok(self, method: str, path: str, json: Any = None, *, status: int = 200) -> Any:
        answer = await self(method, path, json)
        assert answer.status == status, answer
        return answer.json

    async def refused(self, method: str, path: str, json: Any = None, *, status: int, field: str = "") -> Any:
        """The answer is a problem with this status, and names this field."""
        answer = await self(method, path, json)
        assert answer.status == status, answer
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == status
        assert answer.json["title"]
        assert (answer.json.get("errors") or [{"field": ""}])[0]["field"] == field, answer
        return answer.json


@dataclass(slots=True)
class Api:
    """The API of a running hub."""

    world: World
    client: TestClient

    async def caller(self, scopes: Sequence[str] = ("all",), user: User | None = None) -> Caller:
        async with self.world.pool.acquire() as conn, conn.transaction():
            token = await tokens.create(conn, name="test", scopes=scopes, user_id=user.id if user else None)
        return Caller(self.client, token)


@pytest.fixture
async def api(db_url: str, redis_url: str) -> AsyncIterator[Api]:
    world = await open_world(db_url, redis_url)
    client = TestClient(TestServer(build_app(world.runtime)))
    await client.start_server()
    yield Api(world, client)
    await client.close()
    await close_world(world)


@pytest.fixture
async def call(api: Api) -> Caller:
    return await api.caller()
