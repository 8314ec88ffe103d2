"""Promise 1: a provider is acknowledged only after the raw input is committed."""

from __future__ import annotations

import asyncio
from io import BytesIO

from tests.conftest import Servers
from tests.servers.sink import body
from tests.world import World, close_world, open_world


async def test_every_acknowledged_input_is_in_the_journal(world: World) -> None:
    statuses = await asyncio.gather(*(world.post(id=f"a{n}", sender=f"+1202555{n:04}") for n in range(300)))
    assert statuses == [200] * 300
    assert await world.value("SELECT count(*) FROM inbox_journal") == 300


async def test_nothing_is_acknowledged_while_the_database_is_away(world: World, servers: Servers) -> None:
    name = await world.value("SELECT current_database()")
    servers.ask(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    servers.ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    status = await asyncio.wait_for(world.post(id="lost?", sender="+12025550100"), 30)
    servers.ask(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert status == 503
    assert await world.post(id="lost?", sender="+12025550100") == 200
    await world.settled()
    assert await world.value("SELECT count(*) FROM inbox_message WHERE direction = 'in'") == 1


async def test_what_was_accepted_before_a_stop_is_processed_after_it(db_url: str, redis_url: str) -> None:
    first = await open_world(db_url, redis_url)
    first.runtime.processor.offer = lambda stored: None  # the process dies between stored and processed
    first.runtime.intake._on_stored = lambda stored: None
    for task in first.runtime.processor._tasks:
        task.cancel()
    assert await first.post(id="before", sender="+12025550100", text="hello") == 200
    await close_world(first)
    second = await open_world(db_url, redis_url)
    await second.settled()
    assert await second.value("SELECT count(*) FROM inbox_message WHERE direction = 'in'") == 1
    await second.balanced()
    await close_world(second)


async def test_secrets_are_not_journaled(world: World) -> None:
    await world.post(
        id="s", sender="+12025550100", headers={"Authorization": "Bearer x", "Cookie": "y", "X-Token": "z"}
    )
    headers = await world.value("SELECT meta->'headers' FROM inbox_journal")
    assert not {"authorization", "cookie", "x-token"} & set(headers)


async def test_a_body_that_is_too_large_is_refused_and_not_stored(world: World) -> None:
    limit = world.sink.spec.abilities.body_limit
    async with world.client.post("/in/sink", data=BytesIO(b"x" * (limit + 1))) as response:
        assert response.status == 413
    async with world.client.post("/in/sink", data=body(id="ok", sender="+12025550100")) as response:
        assert response.status == 200
    assert await world.value("SELECT count(*) FROM inbox_journal") == 1
