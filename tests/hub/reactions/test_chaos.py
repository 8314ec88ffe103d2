"""Reactions while processes die and handlers fail: nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from datetime import datetime
from pathlib import Path

import pytest

from crm_core.events import Fact
from crm_core.facts import DealWon
from crm_core.sql import Conn
from hub.reactions.model import Reaction
from hub.reactions.relay import relay
from hub.reactions.runner import run_due
from hub.runtime import Runtime
from hub.webhooks import service as webhooks
from tests.hub.reactions.made import due, happen, reaction, runs, traces, won, work
from tests.world import World, until

ROOT = Path(__file__).parents[3]
PROGRAM = """
import asyncio, sys
from crm_core.facts import DealWon
from hub.reactions.runner import run_due
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
    await run_due(runtime, (Reaction(name="a", title="", kinds=(DealWon,), handler=handler),))

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
