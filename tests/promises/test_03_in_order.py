"""Promise 3: messages of one person are processed in the order in which they were accepted, over all processes."""

from __future__ import annotations

import asyncio

from connectors.contract import Outbound
from tests.world import World, close_world, open_world, until


async def test_order_is_kept_through_alternating_processes(db_url: str, redis_url: str) -> None:
    one, two = await open_world(db_url, redis_url), await open_world(db_url, redis_url)
    for n in range(60):
        world = one if n % 2 else two
        assert await world.post(id=f"o{n}", sender="+12025550100", text=f"{n:03}") == 200
    await one.settled()
    rows = await one.fetch("SELECT text FROM inbox_message WHERE direction = 'in' ORDER BY id")
    assert [row["text"] for row in rows] == [f"{n:03}" for n in range(60)]
    await close_world(one)
    await close_world(two)


async def test_replies_of_one_conversation_leave_in_order(world: World) -> None:
    for n in range(10):
        await world.post(id=f"q{n}", sender="+12025550100", text=f"{n}")
    await world.delivered()
    written = await world.fetch("SELECT text FROM inbox_message WHERE author = 'bot' ORDER BY id")
    assert [message.text for message in world.sink.sent] == [row["text"] for row in written]
    assert written


async def test_conversations_do_not_wait_for_each_other(world: World) -> None:
    answered = asyncio.Event()

    def hang(message: Outbound) -> object:
        if message.to.value.endswith("01"):
            return answered.wait()
        return None

    world.sink.script = hang
    await world.post(sender="+12025550101", text="hello")
    await world.post(sender="+12025550102", text="hello")

    async def other_was_answered() -> bool:
        return any(message.to.value.endswith("02") for message in world.sink.sent)

    await until(other_was_answered)
    answered.set()
    await world.delivered()
