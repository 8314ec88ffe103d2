"""Promise 2: a repeat, in parallel or after a restart, changes nothing and gets the same answer."""

from __future__ import annotations

import asyncio

from tests.servers.sink import body
from tests.world import World, close_world, open_world


async def test_the_same_webhook_five_times_in_parallel_is_one_message(world: World) -> None:
    await asyncio.gather(*(world.post(id="same", sender="+12025550100", text="hi") for _ in range(5)))
    await world.settled()
    assert await world.value("SELECT count(*) FROM inbox_message WHERE direction = 'in'") == 1
    assert await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'duplicate'") == 4
    await world.balanced()


async def test_a_repeat_after_a_restart_changes_nothing(db_url: str, redis_url: str) -> None:
    for _ in range(2):
        world = await open_world(db_url, redis_url)
        await world.post(id="same", sender="+12025550100", text="hi")
        await world.delivered()
        assert await world.value("SELECT count(*) FROM inbox_message WHERE direction = 'in'") == 1
        assert await world.value("SELECT count(*) FROM inbox_conversation") == 1
        bots = await world.value("SELECT count(*) FROM inbox_message WHERE author = 'bot'")
        await world.balanced()
        await close_world(world)
    assert bots >= 1


async def test_a_repeat_by_key_gets_the_first_answer(world: World) -> None:
    async def ask() -> bytes:
        headers = {"Idempotency-Key": "abc"}
        async with world.client.post(
            "/in/sink", data=body(id="k", sender="+12025550100"), headers=headers
        ) as response:
            return await response.read()

    answers = {await ask() for _ in range(3)} | set(await asyncio.gather(ask(), ask()))
    assert len(answers) == 1
    assert await world.value("SELECT count(*) FROM inbox_journal") == 1
    await world.settled()
    await world.balanced()


async def test_the_same_message_through_two_processes_is_one(db_url: str, redis_url: str) -> None:
    one, two = await open_world(db_url, redis_url), await open_world(db_url, redis_url)
    posts = [
        world.post(id=f"x{n}", sender="+12025550100", text=str(n)) for n in range(20) for world in (one, two)
    ]
    await asyncio.gather(*posts)
    await one.settled()
    assert await one.value("SELECT count(*) FROM inbox_message WHERE direction = 'in'") == 20
    await one.balanced()
    await close_world(one)
    await close_world(two)
