"""The bot waits: kept over time, ended once, and what comes too late goes to a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.inbox.bot.conftest import WAITS, passes, run, says, sent, settled, talk
from tests.world import World


async def test_a_wait_is_kept_over_time(world: World) -> None:
    await run(world, WAITS)
    await says(world, "remind")
    [kept] = await world.fetch("SELECT at, rule, step FROM inbox_bot_event")
    assert timedelta(minutes=119) < kept["at"] - datetime.now(UTC) < timedelta(minutes=121)
    assert (await talk(world))["owner"] == "bot"
    await passes(world)
    assert sent(world) == ["In two hours.", "Here I am again."]
    unasked = "SELECT data->'unasked' FROM inbox_message WHERE direction = 'out' ORDER BY id DESC LIMIT 1"
    assert await world.value(unasked) is None
    await says(world, "days")
    await passes(world)
    assert sent(world)[-1] == "Three days have passed."
    assert await world.value(unasked) is True


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("remind", "prices", ["In two hours.", "They are on the list."]),
        ("nag", "prices", ["They are on the list.", "Still thinking of you."]),
        ("remind", "operator", ["In two hours.", "A colleague comes."]),
    ],
)
async def test_who_writes_during_a_wait(world: World, first: str, then: str, said: list[str]) -> None:
    await run(world, WAITS)
    await says(world, first, then)
    await passes(world)
    assert sent(world) == said


async def test_a_wait_that_begins_anew_ends_once(world: World) -> None:
    await run(world, WAITS)
    await says(world, "remind", "remind")
    assert await world.value("SELECT count(*) FROM inbox_bot_event") == 1
    await passes(world)
    assert sent(world) == ["In two hours.", "In two hours.", "Here I am again."]


async def test_what_comes_a_day_late_goes_to_a_person(world: World) -> None:
    await run(world, WAITS)
    await says(world, "remind")
    await world.fetch("UPDATE inbox_bot_event SET at = now() - interval '25 hours', due_at = now()")
    world.runtime.waker.wake()
    await settled(world)
    assert sent(world) == ["In two hours."]
    assert (await talk(world))["owner"] == "queue"


async def test_a_rule_that_is_gone_hands_over(world: World) -> None:
    await run(world, WAITS)
    await says(world, "remind")
    await run(world, WAITS.replace("wait: 2 h", "tag: x"))
    await passes(world)
    why = await world.value("SELECT data->>'why' FROM crm_activity WHERE kind = 'conversation.handed_over'")
    assert why == "The rule changed while it waited."
