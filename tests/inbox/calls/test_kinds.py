"""Calls as exchanges tell them when they do not tell all: legs alone, other notations, callers who show no number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import permutations
from typing import Any

import pytest

from connectors.phones import phone_handle
from connectors.withheld import is_nameless, is_withheld
from inbox.calls import timeouts
from inbox.channels import service as channels
from tests.world import World, close_world, open_world

OURS = "+85523900100"
CALL = """SELECT state, outcome, caller, duration, users, recording_url, missed_at IS NOT NULL AS missed
            FROM inbox_call ORDER BY id"""


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    opened = await open_world(db_url, redis_url)
    runtime = opened.runtime
    opened.teach("telephony")
    async with opened.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn, runtime.registry, runtime.cipher, slug="phone", name="Phone", connector="telephony",
            settings={"secret": "s3cret"}, region="KH",
        )  # fmt: skip
    await runtime.refresh()
    yield opened
    await close_world(opened)


async def tell(world: World, event: str, **fields: Any) -> None:
    """One step of the exchange as JSON, taken in before the next one comes."""
    body = {"event": event, "from": "+85512700001", "direction": "in", "to": OURS, **fields}
    async with world.client.post("/in/phone", json=body, headers={"X-Token": "s3cret"}) as response:
        assert response.status == 200
    await world.settled()


def leg(event: str, name: str, **fields: Any) -> dict[str, Any]:
    return {"event": event, "call_id": "c", "user": name, "leg": f"L{name}", **fields}


GROUP = [leg("ringing", "101"), leg("ringing", "102"), leg("ringing", "103"), leg("answered", "101")]
GROUP_ENDS = [
    leg("ended", "101", outcome="answered", duration=300),
    leg("ended", "102", outcome="missed"),
    leg("ended", "103", outcome="NO ANSWER"),
]


async def test_a_group_of_which_all_legs_ended_is_over(world: World) -> None:
    for step in GROUP:
        await tell(world, **step)
    for step in GROUP_ENDS[:-1]:
        await tell(world, **step)
        assert [row["state"] for row in await world.fetch(CALL)] == ["answered"]
    await tell(world, **GROUP_ENDS[-1])
    [row] = await world.fetch(CALL)
    assert (row["state"], row["outcome"], row["users"], row["missed"]) == (
        "ended",
        "answered",
        ["101"],
        False,
    )
    assert row["duration"] == 300, "as the leg says: the steps came in a moment"


async def test_the_end_of_the_whole_call_after_them_changes_nothing(world: World) -> None:
    for step in [*GROUP, *GROUP_ENDS, {"event": "ended", "call_id": "c"}]:
        await tell(world, **step)
    [row] = await world.fetch(CALL)
    assert (row["state"], row["outcome"], row["users"], row["missed"]) == (
        "ended",
        "answered",
        ["101"],
        False,
    )


async def test_a_group_that_nobody_took_is_missed_after_a_while(world: World) -> None:
    for name in ("101", "102"):
        await tell(world, **leg("ringing", name, at=1767603600))
        await tell(world, **leg("ended", name, at=1767603620, outcome="missed"))
    assert [row["state"] for row in await world.fetch(CALL)] == ["ringing"], "the next one may ring"
    await timeouts.end_silent(world.pool, after=1e9)
    [row] = await world.fetch(CALL)
    assert (row["state"], row["outcome"], row["missed"]) == ("ended", "missed", True)


@pytest.mark.parametrize(
    "more",
    [
        {"event": "queued", "call_id": "c", "at": 1767603590},
        {"event": "ringing", "call_id": "c", "user": "103", "leg": "L103", "at": 1767603621},
        {"event": "ringing", "call_id": "c", "user": "101", "leg": "L101", "at": 1767603622},
    ],
)
async def test_who_still_waits_has_missed_nobody(world: World, more: dict[str, Any]) -> None:
    await tell(world, **leg("ringing", "101", at=1767603600))
    await tell(world, **leg("ended", "101", at=1767603620, outcome="missed"))
    await tell(world, **more)
    await timeouts.end_silent(world.pool, after=1e9)
    assert [row["state"] for row in await world.fetch(CALL)] == ["ringing"]


async def test_a_blind_transfer_counts_all_the_talk(world: World) -> None:
    for name, seconds in (("101", 20), ("205", 40)):
        await tell(world, **leg("ringing", name))
        await tell(world, **leg("answered", name))
        await tell(world, **leg("ended", name, outcome="answered", duration=seconds))
    await tell(world, "ended", call_id="c", duration=60)
    [row] = await world.fetch(CALL)
    assert (row["state"], row["outcome"], row["duration"], row["users"]) == (
        "ended",
        "answered",
        60,
        ["101", "205"],
    )


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("00:01:05", 65), ("1:05", 65), (65, 65), ("65", 65), ("65.4", 65), (65.0, 65), ("65,9", 65), ("0:01:05.7", 65),
        ("1 min 5 sec", 65), ("1m5s", 65), ("1h 2m 3s", 3723), ("PT1M5S", 65), ("65 s", 65), ("1 мин 5 сек", 65),
        ("៦៥", 65), ("65000 ms", 65), ("1.02:03:04", 93784), ("2 minutes and 3 seconds", 123), ("", None), (None, None),
        ("soon", None), ("-1", None), ("1:2:3:4", None), ([65], None), ({"s": 65}, None), ("1e400", None), ("NaN", None),
        (True, None), ("9" * 50, None), ("2026-01-05T09:00:00Z", None),
    ],
)  # fmt: skip
async def test_how_long_it_lasted(world: World, written: Any, seconds: int | None) -> None:
    await tell(world, "ended", call_id="d", user="101", outcome="answered", duration=written)
    [row] = await world.fetch(CALL)
    assert (row["state"], row["outcome"], row["duration"]) == ("ended", "answered", seconds)
    assert await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'quarantined'") == 0


@pytest.mark.parametrize(
    "aside",
    [
        {"at": "yesterday"}, {"at": {"when": 1}}, {"user": ["101"]}, {"to": {"number": 1}}, {"recording_url": [1, 2]},
        {"name": {"first": "Anna"}}, {"outcome": ["x"]}, {"leg": {"a": 1}},
    ],
)  # fmt: skip
async def test_what_cannot_be_read_beside_it_is_left_out(world: World, aside: dict[str, Any]) -> None:
    await tell(world, "ringing", call_id="e", **aside)
    assert [row["caller"] for row in await world.fetch(CALL)] == ["+85512700001"]
    assert await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'quarantined'") == 0


WITHHELD = [
    "Anonymous", "anonymous@anonymous.invalid", "Unknown Caller", "Private Number", "0", "unbekannt", "Nummer unterdrückt",
    "número oculto", "Masqué", "скрытый номер", "លេខមិនស្គាល់", "非通知", "No Caller ID", "<unknown>", "N/A", "0000000000",
    "sip:unavailable@unknown.invalid", "+266696687", "-", "OUT_OF_AREA", "Privado", "Onbekend", "Hidden", "Zorgon",
]  # fmt: skip


@pytest.mark.parametrize("words", WITHHELD)
async def test_who_shows_no_number_is_joined_with_nobody(world: World, words: str) -> None:
    for n in (1, 2):
        await tell(world, "ended", call_id=f"w-{n}", outcome="missed", **{"from": words})
    rows = await world.fetch(
        "SELECT c.name, k.caller FROM inbox_call k JOIN crm_contact c ON c.id = k.contact_id"
    )
    assert [row["name"] for row in rows] == ["Withheld number"] * 2
    assert len({row["caller"] for row in rows}) == 2
    titles = await world.fetch("SELECT title FROM crm_lead UNION ALL SELECT title FROM crm_deal")
    assert not [row for row in titles if "withheld:" in row["title"]]


async def test_the_steps_of_one_withheld_call_are_one_call_in_any_order(world: World) -> None:
    steps: list[dict[str, Any]] = [
        {"event": "ringing", "at": 1767603600, "user": "11", "leg": "a"},
        {"event": "answered", "at": 1767603605, "user": "11", "leg": "a"},
        {"event": "ended", "at": 1767603665, "outcome": "answered", "duration": 65},
    ]
    for n, order in enumerate(permutations(steps)):
        for step in order:
            await tell(world, call_id=f"o{n}", **{"from": "Unknown Caller"}, **step)
    rows = await world.fetch(CALL)
    assert [(row["outcome"], row["duration"]) for row in rows] == [("answered", 60)] * 6


@pytest.mark.parametrize(
    "number", ["+85512345678", "012345678", "101", "0101", "*72", "reception", "anna.k", "+1"]
)
def test_numbers_and_telephones_of_ours_are_not_withheld(number: str) -> None:
    assert not is_withheld(number)
    assert phone_handle(number, region="KH").kind in ("phone", "extension")


async def test_a_line_s_words_for_no_name_name_nobody(world: World) -> None:
    for n, name in enumerate(["Unknown", "WIRELESS CALLER", "Anna Berg"]):
        await tell(world, "ringing", call_id=f"n{n}", name=name)
    assert await world.value("SELECT name FROM crm_contact") == "Anna Berg"
    assert is_nameless("PRIVATE CALLER")
    assert not is_nameless("Noid Berg")


async def test_many_names_at_one_switchboard(world: World) -> None:
    for n, name in enumerate(["Anna Berg", "Ben Stone", "Anna", "បុប្ផា ចាន់"]):
        await tell(world, "ringing", call_id=f"s{n}", name=name)
    assert await world.value("SELECT name FROM crm_contact") == "Anna Berg"
    shown = [
        row["f"] for row in await world.fetch("SELECT data->>'from' AS f FROM inbox_message ORDER BY id")
    ]
    assert shown == [None, "Ben Stone <+85512700001>", None, "បុប្ផា ចាន់ <+85512700001>"]
