"""What becomes of the bot's runs is counted once, with the decision itself, and a colleague's answer afterwards too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from inbox.actions import service
from inbox.bot import rulebook
from inbox.bot.analytics import store
from inbox.bot.analytics.model import Count, Turned, after_person, after_turn
from tests.world import World

RULES = """version: 1
rules:
  - id: price
    when: {keywords: [price]}
    do: [{say: Ten dollars}]
  - id: hello
    when: {keywords: [hello]}
    do:
      - say: Hi
        buttons: [{label: Price, goto: price}]
  - id: order
    when: {keywords: [order]}
    do:
      - {id: what, ask: text, save: product, text: What would you like?}
      - {id: many, ask: number, save: amount, text: How many?, retries: 1}
      - hand_over: An order
"""
DAY, LATER = date(2026, 11, 20), date(2026, 11, 23)
WAITING = {"state": "waiting", "day": "2026-11-20", "rule": "order", "at": "order.what"}
FINISHED = {"state": "finished", "day": "2026-11-20", "rule": "price", "said": "ten dollars"}


def _told(counts: list[Count]) -> set[tuple[str, str, str, int]]:
    return {(each.rule, each.what, each.step, each.n) for each in counts}


TURNS: list[tuple[dict[str, str], dict[str, Any], str, set[tuple[str, str, str, int]]]] = [
    ({}, {"began": "price", "said": "x"}, "finished", {("price", "started", "", 1), ("price", "finished", "", 1)}),
    ({}, {"began": "order", "waits_at": "order.what"}, "waiting",
     {("order", "started", "", 1), ("order", "waiting", "order.what", 1)}),
    ({}, {"began": "person", "hands_over": True}, "", {("person", "started", "", 1), ("person", "handed_over", "", 1)}),
    ({}, {"is_silent": True}, "", {("", "silent", "", 1)}),
    ({}, {"asks_back": True}, "", set()),
    ({}, {"waits_at": "order.what"}, "", set()),
    (WAITING, {"waits_at": "order.many"}, "waiting",
     {("order", "waiting", "order.what", -1), ("order", "waiting", "order.many", 1)}),
    (WAITING, {"waits_at": "order.what"}, "waiting", set()),
    (WAITING, {"hands_over": True}, "", {("order", "waiting", "order.what", -1), ("order", "handed_over", "", 1)}),
    (WAITING, {"said": "x"}, "finished", {("order", "waiting", "order.what", -1), ("order", "finished", "", 1)}),
    (WAITING, {"began": "price", "said": "x", "waits_at": "order.what"}, "waiting",
     {("price", "started", "", 1), ("price", "finished", "", 1)}),
    (WAITING, {"began": "price", "said": "x"}, "finished",
     {("order", "waiting", "order.what", -1), ("order", "left", "order.what", 1),
      ("price", "started", "", 1), ("price", "finished", "", 1)}),
    (WAITING, {"is_silent": True}, "",
     {("", "silent", "", 1), ("order", "waiting", "order.what", -1), ("order", "handed_over", "", 1)}),
    (WAITING, {"asks_back": True}, "", {("order", "waiting", "order.what", -1), ("order", "left", "order.what", 1)}),
    (FINISHED, {"began": "price", "said": "x"}, "finished",
     {("price", "started", "", 1), ("price", "finished", "", 1)}),
]  # fmt: skip


@pytest.mark.parametrize(("run", "turn", "state", "counts"), TURNS)
def test_a_turn(
    run: dict[str, str], turn: dict[str, Any], state: str, counts: set[tuple[str, str, str, int]]
) -> None:
    kept, found = after_turn(run, Turned(day=LATER, **turn))
    assert (kept.get("state", ""), _told(found)) == (state, counts)
    of_the_old = [each for each in found if each.rule == "order" and run is WAITING]
    assert all(each.day == DAY for each in of_the_old), "a run counts on the day it began"


@pytest.mark.parametrize(
    ("run", "text", "counts"),
    [
        (FINISHED, "Twelve now", {("price", "contradicted", "", 1)}),
        (FINISHED, "Ten  DOLLARS", set[Any]()),
        (
            WAITING,
            "Let me help",
            {("order", "waiting", "order.what", -1), ("order", "taken", "order.what", 1)},
        ),
        ({}, "Hello", set[Any]()),
    ],
)
def test_a_colleague_answers(run: dict[str, str], text: str, counts: set[Any]) -> None:
    assert _told(after_person(run, text)) == counts


@pytest.mark.parametrize("run", [{"state": "waiting"}, {"state": "waiting", "day": "soon", "rule": "x"},
                                 {"state": "finished", "day": 3, "rule": None}, {"state": []}])  # fmt: skip
def test_what_does_not_read_as_a_run_is_none(run: dict[str, Any]) -> None:
    assert after_turn(run, Turned(day=DAY)) == ({}, [])
    assert after_person(run, "x") == []


async def _run(world: World) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        await rulebook.save(conn, RULES, user_id=None)
        await world.runtime.rulebook.refresh(conn)


async def _figures(world: World, *, dropped_before: date | None = None) -> dict[tuple[str, str, str], int]:
    today = datetime.now(UTC).date()
    async with world.pool.acquire() as conn:
        found = await store.figures(
            conn,
            since=today - timedelta(days=1),
            until=today,
            dropped_before=dropped_before or today - timedelta(days=1),
        )
    return {(each.rule, each.what, each.step): each.n for each in found}


async def _says(world: World, sender: str, *texts: str) -> None:
    for text in texts:
        await world.post(sender=sender, text=text)
        await world.delivered()


async def test_conversations_are_counted(world: World) -> None:
    await _run(world)
    _, anna = await world.user("Anna", is_available=False)
    await _says(world, "+12025550101", "what is the price")
    await _says(world, "+12025550102", "I want to order", "a chair", "many", "3")
    await _says(world, "+12025550103", "I want to order", "a chair")
    await _says(world, "+12025550104", "fjdksl")
    await _says(world, "+12025550105", "hello", "1")
    await _says(world, "+12025550106", "order")
    expected = {
        ("price", "started", ""): 2,
        ("price", "finished", ""): 2,
        ("hello", "started", ""): 1,
        ("hello", "finished", ""): 1,
        ("order", "started", ""): 3,
        ("order", "handed_over", ""): 1,
        ("order", "waiting", "order.many"): 1,
        ("order", "waiting", "order.what"): 1,
        ("", "silent", ""): 1,
    }
    assert await _figures(world) == expected
    for _ in range(2):
        async with world.pool.acquire() as conn:
            await store.fold(conn)
        assert await _figures(world) == expected
    assert await world.value("SELECT count(*) FROM inbox_bot_delta") == 0

    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert (await _figures(world, dropped_before=tomorrow))["order", "dropped", "order.many"] == 1

    for sender in ("+12025550101", "+12025550103"):
        id_ = await world.value("SELECT id FROM inbox_conversation WHERE handle_value = $1", sender)
        for _ in range(2):
            await world.act(
                service.reply,
                id_,
                service.Reply(text="I know better"),
                viewer=anna,
                directory=world.runtime.directory,
            )
    await world.post(sender="+12025550106", text="I answer from my own telephone", outbound=True)
    await world.settled()
    after = await _figures(world)
    assert after["price", "contradicted", ""] == 1
    assert after["order", "taken", "order.many"] == 1
    assert after["order", "taken", "order.what"] == 1
    assert not [each for each in after if each[1] == "waiting"]


async def test_what_is_undone_is_not_counted(world: World) -> None:
    await _run(world)
    await _says(world, "+12025550101", "what is the price")
    _, anna = await world.user("Anna", is_available=False)
    id_ = await world.value("SELECT max(id) FROM inbox_conversation")
    async with world.pool.acquire() as conn:
        begun = conn.transaction()
        await begun.start()
        await service.reply(conn, anna, id_, service.Reply(text="Twelve"), directory=world.runtime.directory)
        await begun.rollback()
    assert ("price", "contradicted", "") not in await _figures(world)
    await world.post(id="again", sender="+12025550102", text="price")
    await world.post(id="again", sender="+12025550102", text="price")
    await world.delivered()
    assert (await _figures(world))["price", "started", ""] == 2
