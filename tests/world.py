"""A hub in the test process: the real runtime on real engines, with a sink channel at its door."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, cast

import asyncpg
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from connectors.contract import Connector
from crm_core.users import service as users
from crm_core.users.model import SYSTEM, User, Viewer
from hub import gateway
from hub.runtime import RUNTIME, Runtime
from hub.settings import Settings
from inbox import ledger
from inbox.changes import Change
from inbox.channels import service as channels
from tests.bundled import bundled
from tests.servers.sink import Sink, body
from values.kept import read_kept

NUMBERS = count(1)


@dataclass(slots=True)
class World:
    """A running hub and ways to poke it."""

    runtime: Runtime
    sink: Sink
    client: TestClient

    @property
    def pool(self) -> asyncpg.Pool:
        return self.runtime.pool

    def teach(self, *ids: str) -> None:
        """Let it know these connectors of the house, or all."""
        known = bundled()
        cast("dict[str, Connector]", self.runtime.registry).update({id_: known[id_] for id_ in ids or known})

    async def post(
        self, *, channel: str = "sink", headers: dict[str, str] | None = None, **fields: Any
    ) -> int:
        """Send one payload through the door; returns the status."""
        fields.setdefault("id", f"m{next(NUMBERS)}")
        async with self.client.post(f"/in/{channel}", data=body(**fields), headers=headers) as response:
            await response.read()
            return response.status

    async def fetch(self, query: str, *args: Any) -> list[dict[str, Any]]:
        async with self.pool.acquire() as conn:
            return [_told(row) for row in await conn.fetch(query, *args)]

    async def value(self, query: str, *args: Any) -> Any:
        async with self.pool.acquire() as conn:
            found = await conn.fetchval(query, *args)
        return read_kept(found) if isinstance(found, str) else found

    async def settled(self, *, within: float = 60) -> None:
        """Wait until nothing is pending in the journal."""
        await until(
            lambda: self.value("SELECT NOT EXISTS (SELECT 1 FROM inbox_journal WHERE state = 'pending')"),
            within=within,
        )

    async def delivered(self, *, within: float = 60) -> None:
        """Wait until nothing is on its way out."""
        await self.settled(within=within)
        busy = "SELECT NOT EXISTS (SELECT 1 FROM inbox_outbox WHERE state IN ('waiting', 'retry', 'sending'))"
        await until(lambda: self.value(busy), within=within)

    async def balanced(self) -> None:
        """The ledger balances to the last input."""
        async with self.pool.acquire() as conn:
            for row in await ledger.balance(conn):
                assert row.difference == 0, row

    async def user(
        self, name: str, *, role: str = "manager", is_available: bool = True, **fields: Any
    ) -> tuple[User, Viewer]:
        async with self.pool.acquire() as conn, conn.transaction():
            made = await users.create(
                conn, email=f"{name.lower()}@example.test", name=name, role=role, **fields
            )
            if is_available:
                await users.set_available(conn, made.id, True)
            user = await users.get(conn, made.id)
        return user, Viewer.of(user)

    async def act(
        self, verb: Callable[..., Awaitable[Any]], *args: Any, viewer: Viewer = SYSTEM, **kwargs: Any
    ) -> Any:
        """Run a verb in its transaction and publish its changes, as the roof does."""
        async with self.pool.acquire() as conn, conn.transaction():
            found = await verb(conn, viewer, *args, **kwargs)
        if isinstance(found, list):  # a verb of the CRM may tell something else
            await self.runtime.publish([one for one in found if isinstance(one, Change)])
        return found


async def until(check: Callable[[], Awaitable[Any]], *, within: float = 60) -> Any:
    """Wait for something to become true; fails after `within` seconds."""
    deadline = asyncio.get_running_loop().time() + within
    while True:
        if result := await check():
            return result
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


def _told(row: asyncpg.Record) -> dict[str, Any]:
    """A row as the hub reads it: sentences are sentences."""
    return {name: read_kept(value) if isinstance(value, str) else value for name, value in row.items()}


def settings_for(db_url: str, redis_url: str, **changes: Any) -> Settings:
    """Settings of a hub on test engines."""
    base = Settings(
        database_url=db_url, redis_url=redis_url, secret_key="a secret key for tests only", smtp_port=0
    )
    return replace(base, **changes)


async def open_world(
    db_url: str,
    redis_url: str,
    *,
    sink: Sink | None = None,
    bot: bool = True,
    connectors: Sequence[Connector] = (),
    **changes: Any,
) -> World:
    """A running hub with a channel `sink`; close it with `close_world`. `connectors` are known besides."""
    sink = sink or Sink()
    runtime = await Runtime.start(
        settings_for(db_url, redis_url, **changes),
        application="test",
        registry={one.spec.id: one for one in (sink, *connectors)},
    )
    async with runtime.pool.acquire() as conn, conn.transaction():
        if not await conn.fetchval("SELECT EXISTS (SELECT 1 FROM inbox_channel WHERE slug = 'sink')"):
            await channels.create(
                conn,
                runtime.registry,
                runtime.cipher,
                slug="sink",
                name="Sink",
                connector=sink.spec.id,
                bot=bot,
            )
    await runtime.refresh()
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app[RUNTIME] = runtime
    gateway.add_routes(app)
    client = TestClient(TestServer(app))
    await client.start_server()
    return World(runtime=runtime, sink=sink, client=client)


async def close_world(world: World) -> None:
    await world.client.close()
    await world.runtime.stop()
