"""The whole demo world against a running hub: every way in brings messages, and the customers are answered and go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from hub import bootstrap, gateway
from hub.demo.furnish import CANNED, MANAGERS
from hub.demo.world import run
from hub.public import routes as public
from hub.receivers.service import Receivers
from hub.runtime import RUNTIME, Runtime
from hub.settings import Settings
from tests.world import settings_for

SPOKEN = """
    SELECT channel.slug, count(*) FILTER (WHERE message.direction = 'in') AS came,
           count(*) FILTER (WHERE message.delivery IN ('sent', 'delivered', 'read')) AS answered
      FROM inbox_message message JOIN inbox_channel channel ON channel.id = message.channel_id
     GROUP BY 1"""
FAILED = "SELECT string_agg(delivery_reason || text, $$; $$) FROM inbox_message WHERE delivery = $$failed$$"
CALLS = "SELECT outcome FROM inbox_call WHERE state = 'ended'"
UNWELL = "SELECT count(*) FROM inbox_journal WHERE state = 'quarantined'"


@pytest.fixture
async def hub(db_url: str, redis_url: str) -> AsyncGenerator[tuple[Runtime, Settings]]:
    """A hub in this process, with doors, chat and receivers, as `serve` and `work` run them."""
    listening = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    listening.close()
    settings = settings_for(db_url, redis_url, port=port, public_url=f"http://127.0.0.1:{port}", region="KH")
    runtime = await Runtime.start(settings, application="test")
    await bootstrap.bootstrap(runtime.pool, settings)
    await runtime.refresh()
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app[RUNTIME] = runtime
    gateway.add_routes(app)
    public.add_routes(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    receivers = Receivers(runtime)
    receivers.start()
    yield runtime, settings
    await receivers.stop()
    await runner.cleanup()
    await runtime.stop()


@asynccontextmanager
async def demo(settings: Settings) -> AsyncGenerator[None]:
    world = asyncio.create_task(run(settings, speed=8.0))
    try:
        yield
    finally:
        world.cancel()
        ended = await asyncio.gather(world, return_exceptions=True)
        assert isinstance(ended[0], asyncio.CancelledError), ended


async def until(true: Callable[[], Awaitable[Any]], *, within: float) -> None:
    async with asyncio.timeout(within):
        while not await true():
            await asyncio.sleep(0.1)


async def test_the_world_comes_alive(hub: tuple[Runtime, Settings]) -> None:
    runtime, settings = hub
    wanted = {"demo-telegram": (3, 2), "demo-mail": (2, 1), "chat": (2, 1), "form": (1, 0)}
    spoken: dict[str, tuple[int, int]] = {}

    async def all_ways_are_busy() -> bool:
        spoken.update({row[0]: (row[1], row[2]) for row in await runtime.pool.fetch(SPOKEN)})
        calls = await runtime.pool.fetch(CALLS)
        return len({call["outcome"] for call in calls}) == 2 and all(
            spoken.get(slug, (0, 0))[0] >= came and spoken[slug][1] >= answered
            for slug, (came, answered) in wanted.items()
        )

    async with demo(settings):
        try:
            await until(all_ways_are_busy, within=100)
        except TimeoutError:
            pytest.fail(f"so far: {spoken}")
    async with demo(settings):
        before = spoken["demo-telegram"][0]

        async def telegram_goes_on() -> bool:
            await all_ways_are_busy()
            return spoken["demo-telegram"][0] > before

        await until(telegram_goes_on, within=60)
    assert await runtime.pool.fetchval(UNWELL) == 0
    assert await runtime.pool.fetchval(FAILED) is None
    assert await runtime.pool.fetchval("SELECT count(*) FROM crm_user WHERE role = 'manager'") == len(
        MANAGERS
    )
    assert await runtime.pool.fetchval("SELECT count(*) FROM inbox_canned") == len(CANNED)
    assert {row["outcome"] for row in await runtime.pool.fetch(CALLS)} == {"answered", "missed"}
    assert await runtime.pool.fetchval("SELECT count(*) FROM inbox_channel WHERE slug LIKE 'demo-%'") == 3
