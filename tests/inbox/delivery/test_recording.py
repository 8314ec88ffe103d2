"""Outcomes are recorded whatever one of them brings: an id that is taken, a pause for ever, an id that cannot be kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.contract import Outbound, Part, Sent, SlowDown
from crm_core.users.model import SYSTEM
from inbox.actions import service as conversations
from inbox.channels import service as channels
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world, until


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, bot=False, connectors=(Sink(id_="other"),))
    async with made.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn,
            made.runtime.registry,
            made.runtime.cipher,
            slug="other",
            name="Other",
            connector="other",
            bot=False,
        )
    await made.runtime.refresh()
    yield made
    await close_world(made)


async def talk(world: World, sender: str, *, channel: str = "sink") -> int:
    assert await world.post(channel=channel, sender=sender, text="Hello") == 200
    await world.settled()
    return await world.value("SELECT max(id) FROM inbox_conversation WHERE handle_value = $1", sender)


async def say(world: World, id_: int, text: str) -> None:
    await world.act(
        conversations.reply,
        id_,
        conversations.Reply(text=text, undo_seconds=0),
        viewer=SYSTEM,
        directory=world.runtime.directory,
    )


OUTCOMES: dict[str, Any] = {
    "same": lambda n: Sent(external_id="bulk-7"),
    "same parts": lambda n: Sent(external_id="p-7", parts=(Part(external_id="p-7"), Part(external_id=f"q-{n}"))),
    "an id of the customer's": lambda n: Sent(external_id="m-of-customer"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OUTCOMES)
async def test_an_id_that_is_taken_holds_nobody_back(world: World, kind: str) -> None:
    count = 0

    def script(_message: Outbound) -> Sent:
        nonlocal count
        count += 1
        return OUTCOMES[kind](count)

    world.sink.script = script
    await world.post(sender="+85512000009", text="Mine", id="m-of-customer")
    for n in range(4):
        await say(world, await talk(world, f"+8551200000{n}"), f"to {n}")
    await say(world, await talk(world, "+85512000011", channel="other"), "to another channel")
    await world.delivered()
    rows = await world.fetch(
        "SELECT text, delivery, external_id FROM inbox_message WHERE direction = 'out' ORDER BY id"
    )
    assert [row["delivery"] for row in rows] == ["sent"] * 5, rows
    known = [row["external_id"] for row in rows[:4] if row["external_id"]]
    assert len(known) == len(set(known)) == (0 if kind == "an id of the customer's" else 1)
    assert rows[4]["external_id"]
    noted = await world.fetch("SELECT sentence FROM inbox_channel_log WHERE level = 'warning'")
    assert len(noted) == 1
    assert "to a second message" in noted[0]["sentence"]


@pytest.mark.parametrize("after", [1e300, float("nan"), float("inf"), -5.0])
async def test_a_pause_of_any_length_is_a_pause(world: World, after: float) -> None:
    def script(message: Outbound) -> None:
        if message.text == "slow":
            raise SlowDown("Later", after=after)

    world.sink.script = script
    await say(world, await talk(world, "+85512000001"), "slow")
    await say(world, await talk(world, "+85512000002"), "quick")
    quick = "SELECT delivery = 'sent' FROM inbox_message WHERE text = 'quick'"
    await until(lambda: world.value(quick))
    recorded = "SELECT count(*) > 0 FROM inbox_attempt WHERE outcome = 'retry'"
    await until(lambda: world.value(recorded))
