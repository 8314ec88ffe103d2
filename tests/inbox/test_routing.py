"""Routing on the real database: whom the rules name, who does not answer in time, two processes at once."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from hub.jobs import reassign_late
from inbox import rulebook
from inbox.conversations import service as conversations
from inbox.routing import service as routing
from inbox.routing import store
from inbox.routing.model import About
from tests.world import World

RULES = """version: 1
rules:
  - id: bill
    when: {keywords: {en: [bill]}}
    do:
      - hand_over: About a bill
        to: Billing
"""
DRAINER = """
import asyncio, sys, asyncpg
from hub.database import create_pool
from inbox.routing import service
async def main():
    pool = await create_pool(sys.argv[1], application="test", max_size=2)
    while True:
        async with pool.acquire() as conn, conn.transaction():
            before = await conn.fetchval("SELECT count(*) FROM inbox_conversation WHERE assignee_id IS NULL")
            await service.drain(conn, limit=20)
        if not before:
            return
asyncio.run(main())
"""


async def about(world: World, given: About) -> None:
    async with world.pool.acquire() as conn:
        await store.save_about(conn, given)


async def assignee(world: World) -> int | None:
    return await world.value("SELECT assignee_id FROM inbox_conversation ORDER BY id DESC LIMIT 1")


async def overdue(world: World) -> None:
    """Let time pass for all timers, and look."""
    await world.value("UPDATE inbox_watch SET due_at = now() - interval '1 second' RETURNING 1")
    await reassign_late(world.runtime)


async def queue_only(world: World) -> None:
    await world.value("UPDATE inbox_channel SET bot = false WHERE slug = 'sink' RETURNING 1")
    await world.runtime.refresh()


async def test_the_team_that_the_rules_name_gets_it(world: World) -> None:
    await world.user("Anna")
    boris, _ = await world.user("Boris")
    await about(world, About(user_id=boris.id, teams=("billing",)))
    async with world.pool.acquire() as conn:
        await rulebook.save(conn, RULES, user_id=None)
        await world.runtime.rulebook.refresh(conn)
    for number in range(3):
        await world.post(text="my bill", sender=f"+8551200{number:04}")
    await world.settled()
    rows = await world.fetch("SELECT assignee_id, routed_why FROM inbox_conversation")
    assert rows == [{"assignee_id": boris.id, "routed_why": "Boris was next in turn in Billing."}] * len(rows)


async def test_what_is_not_answered_in_time_goes_to_somebody_else_and_ends_there(world: World) -> None:
    await queue_only(world)
    anna, _ = await world.user("Anna")
    await about(world, About(user_id=anna.id, answer_within=5))
    await world.post(text="hello")
    await world.settled()
    assert await assignee(world) == anna.id
    await reassign_late(world.runtime)
    await overdue(world)
    assert await assignee(world) == anna.id, "nobody else is there"
    boris, _ = await world.user("Boris")
    await about(world, About(user_id=boris.id, answer_within=5))
    await overdue(world)
    assert await assignee(world) == boris.id
    assert await world.value("SELECT tried FROM inbox_watch") == [anna.id]
    await overdue(world)
    assert await assignee(world) == boris.id, "Anna was asked before"


async def test_an_answer_ends_the_timer(world: World) -> None:
    await queue_only(world)
    anna, viewer = await world.user("Anna")
    await about(world, About(user_id=anna.id, answer_within=5))
    await world.post(text="hello")
    await world.settled()
    id_ = await world.value("SELECT id FROM inbox_conversation")
    await world.act(
        conversations.reply, id_, viewer=viewer, directory=world.runtime.directory, text="Good day"
    )
    await world.user("Boris")
    await overdue(world)
    assert await assignee(world) == anna.id
    assert await world.value("SELECT count(*) FROM inbox_watch") == 0


async def test_two_looks_at_once_move_a_conversation_once(world: World) -> None:
    await queue_only(world)
    anna, _ = await world.user("Anna")
    await about(world, About(user_id=anna.id, answer_within=5))
    await world.post(text="hello")
    await world.settled()
    for name in ("Boris", "Clara", "Dara"):
        await world.user(name)
    await world.value("UPDATE inbox_watch SET due_at = now() - interval '1 second' RETURNING 1")
    fence = await world.value("SELECT fence FROM inbox_conversation")
    await asyncio.gather(*(reassign_late(world.runtime) for _ in range(6)))
    assert await assignee(world) != anna.id
    assert await world.value("SELECT fence FROM inbox_conversation") == fence + 1


async def test_a_manager_who_is_away_gets_nothing(world: World) -> None:
    await queue_only(world)
    anna, _ = await world.user("Anna")
    boris, _ = await world.user("Boris")
    now = await world.value("SELECT now()")
    away = About(user_id=anna.id, away_from=now, deputy_id=boris.id)
    await about(world, away)
    for number in range(4):
        await world.post(text="hello", sender=f"+8551200{number:04}")
    await world.settled()
    assert await world.value("SELECT bool_and(assignee_id = $1) FROM inbox_conversation", boris.id)
    await about(world, replace(away, away_from=None, deputy_id=None))
    await world.act(
        conversations.assign, await world.value("SELECT min(id) FROM inbox_conversation"), user_id=anna.id
    )


async def test_two_processes_give_a_queue_out_once_in_turn_and_within_capacity(
    world: World, db_url: str
) -> None:
    await queue_only(world)
    for number in range(200):
        await world.post(text="hello", sender=f"+8551200{number:04}")
    await world.settled(within=60)
    for number in range(20):
        await world.user(f"M{number}", capacity=10)
    drainers = [await asyncio.create_subprocess_exec(sys.executable, "-c", DRAINER, db_url) for _ in range(2)]
    assert [await asyncio.wait_for(one.wait(), 60) for one in drainers] == [0, 0]
    loads = await world.fetch(
        "SELECT assignee_id, count(*) AS n, max(fence) AS fence FROM inbox_conversation GROUP BY 1"
    )
    assert [row["n"] for row in loads] == [10] * 20, "fair, and nobody past capacity"
    assert {row["fence"] for row in loads} == {2}, "each was given once"
    async with world.pool.acquire() as conn, conn.transaction():
        assert await routing.drain(conn) == []
