"""A returning customer is not asked for what is known already."""

from __future__ import annotations

from tests.servers.sink import Sink
from tests.world import close_world, open_world


async def test_the_bot_does_not_ask_a_known_phone_again(db_url: str, redis_url: str) -> None:
    world = await open_world(db_url, redis_url, sink=Sink(handle_kind="telegram"))
    await world.post(
        sender="77",
        kind="telegram",
        name="Anna",
        text="hello",
        thread="a",
        also=[{"kind": "phone", "value": "+12025550100"}],
    )
    await world.settled()
    await world.post(sender="78", kind="telegram", name="Boris", text="hello", thread="a")
    await world.settled()
    await world.post(sender="77", kind="telegram", text="hello", thread="b")
    await world.delivered()
    rows = await world.fetch("SELECT handle_value, thread, owner FROM inbox_conversation ORDER BY id")
    owners = {(row["handle_value"], row["thread"]): row["owner"] for row in rows}
    assert owners[("78", "a")] == "bot", "it asks somebody new for the phone and waits for the answer"
    assert owners[("77", "b")] != "bot", "it hands over at once when there is nothing left to ask"
    await close_world(world)
