"""Promise 13 in small: a reaction acts once per fact, one that fails rolls back nobody else, and a record keeps its order."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from crm_core.events import Fact
from crm_core.facts import DealLost, DealWon
from crm_core.sql import Conn
from hub.reactions import runner, service, store
from hub.reactions.model import Reaction
from hub.reactions.relay import relay
from hub.reactions.runner import run_due
from hub.runtime import Runtime
from hub.webhooks import service as webhooks
from tests.hub.reactions.made import due, happen, reaction, runs, settled, traces, won, work
from tests.world import World
from values.errors import Conflict, Invalid


async def test_the_relay_inserts_and_calls_nobody(world: World) -> None:
    both = (reaction("a"), reaction("b"))
    await world.fetch("INSERT INTO hub_webhook (url, secret, facts) VALUES ('https://a.test', '', '{*}')")
    await happen(world, won(1), won(2), won(3, DealLost))
    for _ in range(2):
        await relay(world.pool, both, deliver=webhooks.enqueue)
    assert await world.value("SELECT count(*) FROM hub_run WHERE state = 'waiting'") == 4
    assert await world.value("SELECT count(*) FROM hub_webhook_delivery") == 3
    assert await world.value("SELECT count(*) FROM trace") == 0
    await world.fetch("UPDATE crm_activity SET relay = true")  # as if the mark had been lost
    await relay(world.pool, both, deliver=webhooks.enqueue)
    assert await world.value("SELECT count(*) FROM hub_run") == 4
    assert await world.value("SELECT count(*) FROM hub_webhook_delivery") == 3
    body = await world.value("SELECT body FROM hub_webhook_delivery ORDER BY fact_id LIMIT 1")
    assert body["kind"] == "deal.won"
    assert body["data"] == {"from": 1, "to": 2, "stage": "Won", "amount": 5, "currency": "USD"}


async def test_one_that_fails_rolls_back_nobody_else(world: World) -> None:
    """Neither another handler of the same fact, nor the same handler of other facts, nor the webhooks."""
    await world.fetch("INSERT INTO hub_webhook (url, secret, facts) VALUES ('https://a.test', '', '{*}')")
    bad = reaction("bad", lambda fact: RuntimeError("no") if fact.deal_id == 2 else None)
    both = (bad, reaction("good"))
    await happen(world, won(1), won(2), won(3))
    await work(world, both)
    assert sorted(await traces(world, "good")) == [1, 2, 3]
    assert sorted(await traces(world, "bad")) == [1, 3], "what failed left no trace"
    assert await world.value("SELECT count(*) FROM hub_webhook_delivery") == 3
    (waiting,) = await runs(world, "waiting")
    assert (waiting.handler, waiting.record, waiting.attempts) == ("bad", "deal:2", 1)
    assert "RuntimeError" in waiting.said
    assert not await world.value("SELECT count(*) FROM crm_activity WHERE relay")


async def test_it_is_tried_again_then_parked_and_can_be_repeated(world: World) -> None:
    broken = [True]
    bad = (reaction("bad", lambda fact: Invalid("The stage is gone.") if broken[0] else None),)
    await happen(world, won(1))
    await settled(world, bad)
    (failed,) = await runs(world, "failed")
    assert (failed.attempts, failed.said) == (runner.MAX_TRIES, "The stage is gone.")
    async with world.pool.acquire() as conn:
        assert await service.failed(conn) == 1
        broken[0] = False
        await service.repeat(conn, failed.id)
        with pytest.raises(Conflict):
            await service.repeat(conn, failed.id)
    await work(world, bad)
    assert await traces(world, "bad") == [1]
    assert await runs(world, "failed") == []
    async with world.pool.acquire() as conn:
        assert await service.repeat_all(conn) == 0


async def test_a_record_keeps_its_order_and_others_do_not_wait(world: World) -> None:
    seen: list[tuple[int | None, int]] = []
    broken = [True]

    async def handler(runtime: Runtime, conn: Conn, fact: Fact, at: datetime) -> None:
        assert isinstance(fact, DealWon)
        if broken[0] and fact.deal_id == 1 and fact.from_ == 1:
            raise RuntimeError("not yet")
        seen.append((fact.deal_id, fact.from_))

    ordered = (Reaction(name="ordered", title="", kinds=(DealWon,), handler=handler),)
    for step in (1, 2, 3):
        for deal in (1, 2):
            await happen(world, DealWon(deal_id=deal, from_=step, to=step + 1, stage="Won"))
    await work(world, ordered)
    assert seen == [(2, 1), (2, 2), (2, 3)]
    broken[0] = False
    await due(world)
    await work(world, ordered)
    assert seen[3:] == [(1, 1), (1, 2), (1, 3)]


async def test_what_is_being_done_is_not_begun_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease has run out while the handler works: its transaction still holds the run."""
    monkeypatch.setattr(runner, "LEASE", 0.0)
    hold, held = asyncio.Event(), asyncio.Event()

    async def handler(runtime: Runtime, conn: Conn, fact: Fact, at: datetime) -> None:
        held.set()
        await hold.wait()

    slow = Reaction(name="a", title="", kinds=(DealWon,), handler=handler)
    await happen(world, won(1))
    await relay(world.pool, (slow,), deliver=webhooks.enqueue)
    first = asyncio.create_task(run_due(world.runtime, (slow,)))
    await held.wait()
    assert await run_due(world.runtime, (reaction("a"),)) == 0
    hold.set()
    await first
    assert len(await runs(world, "done")) == 1
    assert await traces(world, "a") == []


async def test_who_comes_back_without_the_lease_commits_nothing(world: World) -> None:
    """Claimed, stopped for long, and done by somebody else meanwhile."""
    good = reaction("a")
    await happen(world, won(1))
    await relay(world.pool, (good,), deliver=webhooks.enqueue)
    async with world.pool.acquire() as conn:
        old = await store.claim(conn, ["a"], lease=0)
    assert old
    assert await run_due(world.runtime, (good,)) == 1
    await runner.carry_out(world.runtime, old, reaction("a"))
    assert await traces(world, "a") == [1]
    assert [run.attempts for run in await runs(world, "done")] == [2]


async def test_a_database_in_a_hurry_is_no_try(world: World) -> None:
    """A deadlock says nothing of the handler: it is put off, not counted."""
    times = [0]

    async def handler(runtime: Runtime, conn: Conn, fact: Fact, at: datetime) -> None:
        times[0] += 1
        if times[0] <= runner.MAX_TRIES + 2:
            await conn.execute("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END $$")

    hurried = (Reaction(name="a", title="", kinds=(DealWon,), handler=handler),)
    await happen(world, won(1))
    for _ in range(runner.MAX_TRIES + 3):
        await due(world)
        await work(world, hurried)
    assert [(run.state, run.attempts) for run in await runs(world, "done")] == [("done", 1)]


async def test_a_fact_that_is_gone_and_one_of_a_newer_version_hold_nobody_up(world: World) -> None:
    good = (reaction("good"),)
    await happen(world, won(1), won(2))
    await relay(world.pool, good, deliver=webhooks.enqueue)
    await world.fetch("DELETE FROM crm_activity WHERE deal_id = 1")
    await world.fetch("INSERT INTO crm_subscription VALUES ('of.tomorrow')")
    await world.fetch("INSERT INTO crm_activity (kind, data, relay) VALUES ('of.tomorrow', '{}', true)")
    await work(world, good)
    assert await traces(world, "good") == [2]
    assert len(await runs(world, "done")) == 2
