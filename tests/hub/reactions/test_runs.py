"""Promise 13 in small: a reaction acts once per fact, one that fails rolls back nobody else, and a record keeps its order."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from crm_core import events
from crm_core.errors import Conflict, Invalid
from crm_core.events import Fact
from crm_core.facts import DealLost, DealWon
from crm_core.sql import Conn
from hub import webhooks
from hub.reactions import runner, service, store
from hub.reactions.model import Reaction, Run
from hub.reactions.relay import relay
from hub.reactions.runner import run_due
from hub.runtime import Runtime
from tests.world import World, close_world, open_world, until

ROOT = Path(__file__).parents[3]
Body = Callable[[Conn, Fact], Awaitable[None]]


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, bot=False)
    await made.fetch("CREATE TABLE trace (handler text, deal bigint)")
    async with made.pool.acquire() as conn:
        await events.subscribe(conn, ["deal.won", "deal.lost"])
    yield made
    await close_world(made)


def reaction(name: str, fails: Callable[[Fact], Exception | None] = lambda fact: None) -> Reaction:
    """It leaves a trace; then it fails, if it is to."""

    async def handler(runtime: Runtime, conn: Conn, fact: Fact, at: datetime) -> None:
        await conn.execute("INSERT INTO trace VALUES ($1, $2)", name, fact.deal_id)
        if error := fails(fact):
            raise error

    return Reaction(name=name, title=name, kinds=(DealWon,), handler=handler)


def won(deal_id: int, kind: type[DealWon | DealLost] = DealWon) -> Fact:
    return kind(deal_id=deal_id, from_=1, to=2, stage="Won", amount=5, currency="USD")


async def happen(world: World, *facts: Fact) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        await events.announce(conn, facts)


async def work(world: World, reactions: Sequence[Reaction]) -> None:
    await relay(world.pool, reactions, deliver=webhooks.enqueue)
    await run_due(world.runtime, reactions)


async def traces(world: World, handler: str) -> list[int]:
    return [row["deal"] for row in await world.fetch("SELECT deal FROM trace WHERE handler = $1", handler)]


async def runs(world: World, state: str) -> list[Run]:
    async with world.pool.acquire() as conn:
        return (await service.listed(conn, state=state)).items


async def due(world: World) -> None:
    await world.fetch("UPDATE hub_run SET due_at = now() WHERE state = 'waiting'")


async def settled(world: World, reactions: Sequence[Reaction]) -> None:
    """All tries there are, without waiting for their hour."""
    for _ in range(runner.MAX_TRIES + 2):
        await due(world)
        await work(world, reactions)


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


PROGRAM = """
import asyncio, sys
from tests.hub.reactions import test_runs as t
from hub.runtime import Runtime
from hub.reactions.model import Reaction
from tests.world import settings_for

async def handler(runtime, conn, fact, at):
    await conn.execute("INSERT INTO trace VALUES ('a', $1)", fact.deal_id)
    if fact.deal_id % 3 == 0:
        print("in the midst", flush=True)
        await asyncio.sleep(3600)

async def main():
    runtime = await Runtime.start(settings_for(sys.argv[1], sys.argv[2]), application="test", registry={})
    await t.run_due(runtime, (Reaction(name="a", title="", kinds=(t.DealWon,), handler=handler),))

asyncio.run(main())
"""


async def test_a_kill_between_claim_and_commit_loses_and_doubles_nothing(
    world: World, db_url: str, redis_url: str
) -> None:
    good = (reaction("a"),)
    await happen(world, *(won(n) for n in range(1, 31)))
    await relay(world.pool, good, deliver=webhooks.enqueue)
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, db_url, redis_url, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert program.stdout
    assert await program.stdout.readline() == b"in the midst\n"
    other = asyncio.create_task(run_due(world.runtime, good))  # the second process, at the same time
    await asyncio.sleep(0)
    os.kill(program.pid, signal.SIGKILL)
    await program.wait()
    await other

    async def is_done() -> bool:
        await due(world)  # the lease of who was killed has run out
        await work(world, good)
        return not await runs(world, "waiting")

    await until(is_done)
    assert sorted(await traces(world, "a")) == list(range(1, 31))


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_fails_everything_else_is_done_once_and_in_order(world: World, seed: int) -> None:
    """Random facts, handlers that fail on random ones a random number of times, two relays and two runners at a time."""
    dice = random.Random(seed)
    happened = [(dice.randint(1, 6), step) for step in range(40)]
    failing = {(name, step): dice.choice((0, 0, 0, 1, 2, 99)) for name in "abc" for step in range(40)}
    left = dict(failing)

    def made(name: str) -> Reaction:
        async def handler(runtime: Runtime, conn: Conn, fact: Fact, at: datetime) -> None:
            assert isinstance(fact, DealWon)
            await conn.execute("INSERT INTO trace VALUES ($1, $2)", name, fact.from_)
            if left[name, fact.from_]:
                left[name, fact.from_] -= 1
                raise RuntimeError("as the dice fell")

        return Reaction(name=name, title="", kinds=(DealWon,), handler=handler)

    reactions = tuple(map(made, "abc"))
    for start in range(0, 40, 10):
        await happen(
            world, *(DealWon(deal_id=d, from_=n, to=0, stage="") for d, n in happened[start : start + 10])
        )
        await asyncio.gather(work(world, reactions), work(world, reactions))
    for _ in range(60):
        await due(world)
        await asyncio.gather(work(world, reactions), work(world, reactions))
        if not await runs(world, "waiting"):
            break
    for name in "abc":
        done = await world.fetch("SELECT deal AS step FROM trace WHERE handler = $1", name)
        assert sorted(row["step"] for row in done) == [n for n in range(40) if failing[name, n] < 99]
    parked = {(run.handler, run.record) for run in await runs(world, "failed")}
    assert parked == {(name, f"deal:{happened[step][0]}") for (name, step), n in failing.items() if n == 99}
    ordered = await world.fetch(
        "SELECT bool_and(done_at >= before) AS fine FROM (SELECT done_at, lag(done_at) OVER (PARTITION BY handler, record"
        " ORDER BY fact_id) AS before FROM hub_run) AS r WHERE before IS NOT NULL"
    )
    assert ordered[0]["fine"]
