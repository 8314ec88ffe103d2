"""Steps of calls through the door: one call whatever their order, nobody called twice, corrections, internal calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import permutations
from typing import Any

import pytest

from inbox.calls import timeouts
from inbox.channels import service as channels
from tests.world import World, close_world, open_world

RANG = "+12025550123"
OURS = "+12025550100"
CALL = "SELECT state, outcome, caller, duration, users, recording_url, missed_at IS NOT NULL AS missed FROM inbox_call"
TASK = "SELECT done_at IS NOT NULL AS done, done_reason AS reason FROM crm_task WHERE kind = 'call_back' ORDER BY id"


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    opened = await open_world(db_url, redis_url)
    runtime = opened.runtime
    opened.teach("telephony")
    async with opened.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn, runtime.registry, runtime.cipher, slug="phone", name="Phone", connector="telephony",
            settings={"secret": "s3cret"}, region="US",
        )  # fmt: skip
    await runtime.refresh()
    yield opened
    await close_world(opened)


async def tell(world: World, event: str, **fields: Any) -> None:
    """One step of the exchange, taken in before the next one comes."""
    given = {"event": event, "call_id": "c1", "from": RANG, "to": OURS, **fields}
    body = {name: str(value) for name, value in given.items() if value is not None}
    async with world.client.post("/in/phone", data=body, headers={"X-Token": "s3cret"}) as response:
        assert response.status == 200
    await world.settled()


TOLD: list[dict[str, Any]] = [
    {"event": "ringing", "at": 1767603600, "user": "11", "leg": "a"},
    {"event": "answered", "at": 1767603605, "user": "11", "leg": "a", "from": None},
    {"event": "recorded", "at": 1767603670, "recording_url": "https://pbx.example/1.mp3", "from": None, "to": None},
    {"event": "ended", "at": 1767603665, "outcome": "answered", "duration": 65},
]  # fmt: skip


async def test_every_order_leaves_the_same_rows(world: World) -> None:
    for number, order in enumerate(permutations(TOLD)):
        for step in (*order, order[0]):
            await tell(world, **{**step, "call_id": f"c{number}"})
    rows = {tuple(map(str, row.values())) for row in await world.fetch(CALL)}
    assert rows == {
        ("ended", "answered", RANG, "60", "['11']", "https://pbx.example/1.mp3", "False"),
    }
    assert await world.value("SELECT count(*) FROM inbox_call") == 24
    assert await world.value("SELECT count(*) FROM crm_contact") == 1
    assert await world.value("SELECT count(*) FROM inbox_call_early") == 0
    assert await world.value("SELECT count(*) FROM inbox_attachment") == 24
    assert await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'quarantined'") == 0


async def test_one_task_however_often_they_rang_and_it_closes_by_itself(world: World) -> None:
    for call_id in ("c1", "c2", "c3"):
        await tell(world, "ringing", call_id=call_id)
        await tell(world, "ended", call_id=call_id, outcome="missed")
    assert [row["done"] for row in await world.fetch(TASK)] == [False]
    await world.pool.execute("UPDATE crm_task SET created_at = now() - interval '6 minutes'")
    ours = {"call_id": "o1", "direction": "out", "from": OURS, "to": RANG}
    await tell(world, "answered", **ours)
    await tell(world, "ended", **ours, outcome="answered")
    assert [tuple(row.values()) for row in await world.fetch(TASK)] == [(True, "We called back after 6 min.")]
    await tell(world, "ended", call_id="c4", outcome="missed")
    await tell(world, "ended", call_id="c5", outcome="answered", duration=30)
    reasons = [row["reason"] for row in await world.fetch(TASK)]
    assert reasons == ["We called back after 6 min.", "They called again and were answered."]


async def test_a_lost_end_is_closed_and_corrected(world: World) -> None:
    await tell(world, "ringing", at=1767603600)
    hub = world.runtime
    assert await timeouts.end_silent(hub.pool)
    assert await timeouts.end_silent(hub.pool) == []
    assert [(row["outcome"], row["missed"]) for row in await world.fetch(CALL)] == [("missed", True)]
    assert [row["done"] for row in await world.fetch(TASK)] == [False]
    await tell(world, "ended", at=1767603700, duration=80)
    [row] = await world.fetch(CALL)
    assert (row["outcome"], row["duration"], row["missed"]) == ("answered", 80, False)
    assert [row["reason"] for row in await world.fetch(TASK)] == ["It was answered after all."]


async def test_a_call_in_progress_is_not_closed(world: World) -> None:
    await tell(world, "ringing")
    assert await timeouts.end_silent(world.pool) == []


async def test_calls_among_ourselves_are_left_out_and_counted(world: World) -> None:
    for event in ("ringing", "answered", "ended"):
        await tell(world, event, **{"from": "11", "to": "12"})
    assert await world.value("SELECT count(*) FROM inbox_call") == 0
    assert await world.value("SELECT count(*) FROM crm_contact") == 0
    assert await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'ignored'") == 3


async def test_a_new_kind_of_step_is_kept_and_shown(world: World) -> None:
    await tell(world, "ringing")
    await tell(world, "whispering")
    [row] = await world.fetch("SELECT reason FROM inbox_journal WHERE state = 'quarantined'")
    assert "whispering" in row["reason"]
    assert [row["state"] for row in await world.fetch(CALL)] == ["ringing"]
