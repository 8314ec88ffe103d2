"""What happens without a message: stages, calls, schedules, pages, and what the house knows of a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chatbot.problems import RulesInvalid
from crm_core import events
from crm_core.deals import service as deals
from crm_core.deals.model import DealChanges
from crm_core.users.model import SYSTEM
from hub import periodic
from inbox.bot.triggers import raising
from inbox.facts import CallMissed
from tests.inbox.bot.conftest import OTHER, PHONE, passes, run, says, sent, settled, talk
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world

HAPPENS = """
  - id: hello
    when: {keywords: hello}
    do: [{say: Hi}]
  - id: won
    returns: true
    when: {stage_entered: won}
    do: [{say: "Welcome, {{ fields.title|default('customer') }}!"}]
  - id: rang
    returns: true
    when: {kind: missed_call}
    do: [{say: We missed your call.}]
  - id: monday
    returns: true
    when: {schedule: {at: "09:00", within: 7 d}, tag: subscriber}
    do: [{say: This week's list.}]
"""


async def react(world: World) -> None:
    await periodic.relay_facts(world.runtime)
    await periodic.react(world.runtime)


async def test_a_stage_that_is_entered(world: World) -> None:
    await run(world, HAPPENS)
    await says(world, "hello")
    contact = (await talk(world))["contact_id"]
    async with world.pool.acquire() as conn, conn.transaction():
        [pipeline] = await deals.pipelines(conn)
        stages = {stage.name: stage.id for stage in pipeline.stages}
        id_ = await deals.create(conn, SYSTEM, contact_id=contact, title="Tiles")
        await deals.move(conn, SYSTEM, id_, stage_id=stages["Won"])
    await react(world)
    await settled(world)
    assert sent(world) == ["Hi", "Welcome, customer!"]


async def test_a_call_that_was_missed_and_one_of_a_blocked_number(world: World) -> None:
    await run(world, HAPPENS)
    await says(world, "hello")
    await says(world, "hello", sender=OTHER)
    await world.fetch("INSERT INTO inbox_blocked_number (number) VALUES ($1)", OTHER)
    async with world.pool.acquire() as conn, conn.transaction():
        facts = [
            CallMissed(
                contact_id=found["contact_id"],
                conversation_id=found["id"],
                outcome="",
                duration=None,
                user="",
            )
            for found in (await talk(world), await talk(world, OTHER))
        ]
        await events.announce(conn, facts)
    await react(world)
    await settled(world)
    assert sent(world) == ["Hi", "Hi", "We missed your call."]


async def test_a_schedule_reaches_each_person_once(world: World) -> None:
    await run(world, HAPPENS)
    for sender in (PHONE, OTHER, "+12025550103"):
        await says(world, "hello", sender=sender)
    await world.fetch(
        "UPDATE crm_contact SET tags = '{a,\" Subscriber\"}' WHERE id IN (SELECT min(id) FROM crm_contact)"
    )
    today = datetime.now(UTC).replace(hour=9, minute=0, second=30, microsecond=0)
    rules = world.runtime.rulebook.rules
    for now in (today - timedelta(hours=1), today, today + timedelta(seconds=10)):
        async with world.pool.acquire() as conn, conn.transaction():
            await raising.watch(conn, rules=rules, now=now)
    assert await world.value("SELECT count(*) FROM inbox_bot_event") == 1
    await passes(world)
    assert sent(world) == ["Hi", "Hi", "Hi", "This week's list."]
    await run(world, HAPPENS.replace(", tag: subscriber", ""))
    for now in (today + timedelta(days=1), today + timedelta(days=2)):
        async with world.pool.acquire() as conn, conn.transaction():
            await raising.watch(conn, rules=world.runtime.rulebook.rules, now=now)
    assert await world.value("SELECT count(*) FROM inbox_bot_event") == 6


async def test_a_page_that_is_visited(db_url: str, redis_url: str) -> None:
    world = await open_world(db_url, redis_url, sink=Sink(handle_kind="visitor"))
    looks = "  - id: looks\n%s    when: {visits: /prices*}\n    do: [{say: Questions?}]\n"
    await run(world, looks % "")
    await world.post(sender="visitor-1", kind="visitor", text="operator")
    await world.delivered()
    found = await talk(world, "visitor-1")
    for returns in ("", "    returns: true\n"):
        await run(world, looks % returns)
        for path in ("/about", "/prices/chairs", "/prices"):
            async with world.pool.acquire() as conn:
                await raising.page_visited(
                    conn,
                    channel_id=found["channel_id"],
                    visitor="visitor-1",
                    path=path,
                    rules=world.runtime.rulebook.rules,
                    now=datetime.now(UTC),
                )
        await settled(world)
    assert sent(world) == ["A colleague comes.", "Questions?"]
    await close_world(world)


CRM = """
  - {id: vip, when: {tag: VIP, keywords: hello}, do: [{say: Dear friend}]}
  - {id: annas, when: {owner: anna@example.test, keywords: hello}, do: [{say: I am of Anna}]}
  - {id: winning, when: {stage: [New, Won], deal: {size: L}, keywords: hello}, do: [{say: Large deal}]}
  - {id: nobody, when: {owner: none, stage: none, lead: open, keywords: hello}, do: [{say: Who are you?}]}
"""


async def test_rules_see_the_manager_tags_stage_and_deal(world: World) -> None:
    anna, _ = await world.user("Anna", is_available=False)
    await run(world, CRM)
    await says(world, "hello")
    contact = (await talk(world))["contact_id"]
    async with world.pool.acquire() as conn, conn.transaction():
        id_ = await deals.create(conn, SYSTEM, contact_id=contact, title="Tiles")
        await deals.update(conn, SYSTEM, id_, DealChanges(fields={"size": "l"}))
    await says(world, "hello")
    await world.fetch("UPDATE crm_contact SET owner_id = $1", anna.id)
    await says(world, "hello")
    await world.fetch("UPDATE crm_contact SET tags = '{vip}'")
    await says(world, "hello")
    assert sent(world) == ["Who are you?", "Large deal", "I am of Anna", "Dear friend"]


async def test_a_stage_that_is_not_there_is_refused_and_one_that_went_becomes_a_task(world: World) -> None:
    rules = "  - id: sell\n    when: {keywords: buy}\n    do: [{deal: %s}, {say: Done}]\n"
    with pytest.raises(RulesInvalid) as caught:
        await run(world, rules % "Wonn")
    [problem] = caught.value.problems
    assert (problem.line, problem.column) == (10, 17)
    assert str(problem).endswith("There is no stage “Wonn”; did you mean `Won`?.")
    await run(world, rules % "Won")
    await world.fetch("UPDATE crm_stage SET name = 'Sold' WHERE name = 'Won'")
    await says(world, "buy")
    assert sent(world) == ["Done"]
    assert await world.value("SELECT title FROM crm_task") == (
        "The bot could not move the deal: There is no stage “Won”."
    )


async def test_the_limits_of_the_file_end_a_talk_of_two_machines(world: World) -> None:
    await run(
        world, "  - {id: echo, when: {keywords: hi}, do: [{say: Hi}]}\nlimits: {conversation: 3, hour: 5}\n"
    )
    await says(world, *["hi"] * 6)
    assert len(sent(world)) == 3
    assert (await talk(world))["owner"] == "queue"
    await world.fetch("UPDATE inbox_conversation SET state = 'closed', closed_at = now(), thread = 'old'")
    await says(world, *["hi"] * 6)
    assert len(sent(world)) == 5
    await world.fetch("UPDATE inbox_bot_said SET since = now() - interval '61 minutes'")
    await world.fetch(
        "UPDATE inbox_conversation SET state = 'closed', closed_at = now(), thread = 'older' || id"
    )
    await says(world, "hi")
    assert len(sent(world)) == 6
