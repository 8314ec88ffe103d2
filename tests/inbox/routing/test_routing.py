"""Routing on the real database: whom the rules name, who does not answer in time, two processes at once."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from hub.periodic import reassign_late
from inbox.actions import service as conversations
from inbox.bot import rulebook
from inbox.routing import rule_store, store
from inbox.routing import service as routing
from inbox.routing.model import About, Absence
from inbox.routing.rules import Rule
from inbox.views import queries
from tests.world import World, until

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
    assert rows == [
        {"assignee_id": boris.id, "routed_why": "Assigned to Boris (round robin in Billing)."}
    ] * len(rows)


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
        conversations.reply,
        id_,
        conversations.Reply(text="Good day"),
        viewer=viewer,
        directory=world.runtime.directory,
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


async def absent(world: World, user_id: int) -> None:
    now = await world.value("SELECT now()")
    hour = timedelta(hours=1)
    async with world.pool.acquire() as conn:
        await store.add_absence(
            conn, Absence(user_id=user_id, from_at=now - hour, until_at=now + hour, note="Holiday")
        )


async def test_a_manager_who_is_away_gets_nothing(world: World) -> None:
    await queue_only(world)
    anna, _ = await world.user("Anna")
    boris, _ = await world.user("Boris")
    await absent(world, anna.id)
    for number in range(4):
        await world.post(text="hello", sender=f"+8551200{number:04}")
    await world.settled()
    assert await world.value("SELECT bool_and(assignee_id = $1) FROM inbox_conversation", boris.id)


async def test_a_customer_of_somebody_who_is_away_goes_to_the_deputy_and_stays_where_nobody_else_is(
    world: World,
) -> None:
    await queue_only(world)
    anna, _ = await world.user("Anna")
    await world.post(sender="+85512000001", text="hello")
    await world.settled()
    await absent(world, anna.id)
    await world.post(sender="+85512000001", text="are you there?")
    await world.settled()
    assert await assignee(world) == anna.id, "nobody else is there"
    await world.user("Boris")
    clara, _ = await world.user("Clara")
    await about(world, About(user_id=anna.id, deputy_id=clara.id))
    await world.post(sender="+85512000001", text="hello?")
    await world.settled()
    assert await assignee(world) == clara.id
    assert await world.value("SELECT routed_why FROM inbox_conversation") == (
        "Assigned to Clara, deputy of the contact's manager, who is away."
    )


async def rule(world: World, given: Rule) -> None:
    async with world.pool.acquire() as conn:
        await rule_store.add(conn, given)


async def test_rules_ask_for_words_channel_and_tags_and_the_card_tells_which_decided(world: World) -> None:
    await queue_only(world)
    anna, viewer = await world.user("Anna", sees_all=True)
    boris, _ = await world.user("Boris")
    await about(world, About(user_id=boris.id, teams=("wholesale",)))
    await rule(world, Rule(name="Elsewhere", to="Anna", channels=("another",)))
    await rule(world, Rule(name="Big", to="Wholesale", words=("pallet",), channels=("sink",)))
    for number, text in enumerate(["hello", "two PALLETS of rice", "a pallet"]):
        await world.post(text=text, sender=f"+8551200{number:04}")
        await world.settled()
    rows = await world.fetch("SELECT id, assignee_id, routed_why FROM inbox_conversation ORDER BY id")
    assert [row["assignee_id"] for row in rows] == [anna.id, boris.id, boris.id]
    assert rows[2]["routed_why"] == "Rule “Big”: assigned to Boris (round robin in Wholesale, 1 of 50)."
    async with world.pool.acquire() as conn:
        shown = await queries.get(conn, viewer, rows[2]["id"])
    assert shown.routed_why == rows[2]["routed_why"]


async def test_a_rule_asks_for_the_source_of_the_request(world: World) -> None:
    await queue_only(world)
    await world.user("Anna")
    boris, _ = await world.user("Boris")
    await rule(world, Rule(name="Ads", to="Boris", sources=("utm_source=GOOGLE",)))
    for number, utm in enumerate([{"utm_source": "google"}, {"utm_source": "google"}, {}]):
        await world.post(text="hello", sender=f"+8551200{number:04}", utm=utm)
        await world.settled()
    rows = await world.fetch("SELECT assignee_id = $1 AS his FROM inbox_conversation ORDER BY id", boris.id)
    assert [row["his"] for row in rows[:2]] == [True, True]
    assert await world.value("SELECT routed_why FROM inbox_conversation ORDER BY id DESC LIMIT 1") == (
        "Assigned to Anna (round robin)."
    )


async def test_a_rules_minutes_and_its_escalation(world: World) -> None:
    await queue_only(world)
    anna, _ = await world.user("Anna")
    boris, _ = await world.user("Boris")
    await about(world, About(user_id=anna.id, teams=("first",)))
    await rule(world, Rule(name="Fast", to="first", answer_within=1, escalate_to="Boris"))
    await world.post(text="hello")
    await world.settled()
    assert await assignee(world) == anna.id
    await overdue(world)
    assert await assignee(world) == boris.id
    assert await world.value("SELECT routed_why FROM inbox_conversation") == (
        "Rule “Fast”: not answered by 1, so Boris is asked."
    )


async def test_weights_hold_from_one_decision_to_the_next(world: World) -> None:
    await queue_only(world)
    anna, _ = await world.user("Anna")
    boris, _ = await world.user("Boris")
    await about(world, About(user_id=anna.id, weight=3))
    for number in range(8):
        await world.post(text="hello", sender=f"+8551200{number:04}")
        await world.settled()
    assert await world.value("SELECT count(*) FROM inbox_conversation WHERE assignee_id = $1", anna.id) == 6
    assert await world.value("SELECT count(*) FROM inbox_conversation WHERE assignee_id = $1", boris.id) == 2


async def test_two_processes_give_a_queue_out_once_in_turn_and_within_capacity(
    world: World, db_url: str
) -> None:
    await queue_only(world)
    for number in range(500):
        await world.post(text="hello", sender=f"+8551200{number:04}")
    await world.settled(within=60)
    for number in range(25):
        await world.user(f"M{number}", capacity=10)
    drainers = [await asyncio.create_subprocess_exec(sys.executable, "-c", DRAINER, db_url) for _ in range(2)]
    for number in range(25, 50):  # the others come online while the queue is given out
        await world.user(f"M{number}", capacity=10)
    assert [await asyncio.wait_for(one.wait(), 60) for one in drainers] == [0, 0]
    loads = await world.fetch(
        "SELECT assignee_id, count(*) AS n, max(fence) AS fence FROM inbox_conversation GROUP BY 1"
    )
    assert [row["n"] for row in loads] == [10] * 50, "fair, and nobody past capacity"
    assert {row["fence"] for row in loads} == {2}, "each was given once"
    async with world.pool.acquire() as conn, conn.transaction():
        assert await routing.drain(conn) == []


async def test_who_closes_a_conversation_is_given_the_next_one_that_waits(world: World) -> None:
    await queue_only(world)
    anna, viewer = await world.user("Anna", capacity=1)
    for number in range(3):
        await world.post(text="hello", sender=f"+8551200000{number}")
        await world.settled()
    having = "SELECT id FROM inbox_conversation WHERE assignee_id = $1 AND state = 'open'"
    first = await world.value(having, anna.id)
    await world.act(conversations.close, first, viewer=viewer)
    second = await until(lambda: world.value(having, anna.id))
    assert second == first + 1, "who waits longest comes first"
    assert await world.value("SELECT count(*) FROM inbox_conversation WHERE assignee_id IS NULL") == 1


async def test_the_head_of_a_long_queue_is_found_without_reading_it(world: World) -> None:
    await queue_only(world)
    await world.post(text="hello", sender="+85512000000")
    await world.settled()
    await world.value("""
        INSERT INTO inbox_conversation (channel_id, contact_id, handle_kind, handle_value, waiting_since)
        SELECT channel_id, contact_id, handle_kind, n::text, now() - n * interval '1 minute'
          FROM inbox_conversation, generate_series(1, 5000) AS n RETURNING 1""")
    await world.value("ANALYZE inbox_conversation")
    async with world.pool.acquire() as conn:
        plan = "\n".join(row[0] for row in await conn.fetch("EXPLAIN " + store.QUEUE, 5))
    assert "inbox_conversation_queue" in plan
    assert "Sort" not in plan
