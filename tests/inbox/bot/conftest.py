"""A hub whose bot asks a small real service, and ways to let time pass."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from inbox.bot import rulebook
from tests.world import World, close_world, open_world, until

PHONE, OTHER = "+12025550101", "+12025550102"
HEAD = """
version: 1
rules:
  - id: person
    interrupts: true
    when: {keywords: operator}
    do: [{say: A colleague comes.}, {hand_over: Asks for a person}]
"""


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncGenerator[World]:
    opened = await open_world(db_url, redis_url, bot_trusted_hosts=frozenset({"127.0.0.1"}))
    yield opened
    await close_world(opened)


async def run(world: World, rules: str) -> None:
    """Put rules in force."""
    async with world.pool.acquire() as conn, conn.transaction():
        await rulebook.save(conn, HEAD + rules, user_id=None)
    async with world.pool.acquire() as conn:
        await world.runtime.rulebook.refresh(conn)


async def says(world: World, *texts: str, sender: str = PHONE) -> None:
    for text in texts:
        await world.post(sender=sender, text=text)
        await world.delivered()


async def settled(world: World) -> None:
    """Until nothing is due for the bot and all is delivered."""
    due = "SELECT NOT EXISTS (SELECT 1 FROM inbox_bot_event WHERE at <= now())"
    await until(lambda: world.value(due))
    await world.delivered()


def sent(world: World) -> list[str]:
    return [message.text for message in world.sink.sent]


async def talk(world: World, sender: str = PHONE) -> dict[str, Any]:
    rows = await world.fetch(
        "SELECT * FROM inbox_conversation WHERE handle_value = $1 ORDER BY id DESC", sender
    )
    return rows[0]


WAITS = """
  - id: later
    when: {keywords: remind}
    do: [{say: In two hours.}, {wait: 2 h}, {say: Here I am again.}]
  - id: days
    when: {keywords: days}
    do: [{wait: 3 d}, {say: Three days have passed.}]
  - id: nag
    when: {keywords: nag}
    do: [{wait: 10 min, if_writes: keep}, {say: Still thinking of you.}]
  - id: prices
    when: {keywords: prices}
    do: [{say: They are on the list.}]
"""


async def passes(world: World) -> None:
    """The time for which rules wait."""
    await world.fetch("UPDATE inbox_bot_event SET at = now(), due_at = now()")
    world.runtime.waker.wake()
    await settled(world)
