"""How the end-to-end rate holds as the number of known contacts grows from 1,000 to 1,000,000; both at once, in turn."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from typing import Any

import asyncpg

from benchmarks.costs import STATISTICS_WITHIN, costs
from benchmarks.end_to_end import DONE
from benchmarks.fill import fill
from benchmarks.load import closed_loop, request
from benchmarks.prepare import sink_channel
from benchmarks.stage import Stage, stage
from hub.database import connect
from tests.servers.sink import body

SIZES = (1_000, 1_000_000)
NUMBERS = count(1)


@dataclass(slots=True, kw_only=True)
class Side:
    """A hub with so many contacts, and what each round of it came to."""

    size: int
    port: int
    pids: list[int]
    conn: asyncpg.Connection
    dice: random.Random
    rounds: list[dict[str, float]] = field(default_factory=list[dict[str, float]])


async def run(_: Stage, *, seconds: float, rounds: int) -> list[dict[str, Any]]:
    """One row a size, medians of the rounds; `relative` compares each round with its neighbour of the smallest size, and
    `relative_cpu` their processor time a message. Every contact has an open conversation: the work is the same at all sizes."""
    async with AsyncExitStack() as stack:
        sides = [await _side(stack, size) for size in SIZES]
        for n in range(rounds + 1):  # the first one warms up
            for side in sides if n % 2 else reversed(sides):
                side.rounds.append(await _round(side, seconds))
    return [_row(side, sides[0]) for side in sides]


async def _side(stack: AsyncExitStack, size: int) -> Side:
    prepared = await stack.enter_async_context(stage())
    await sink_channel(prepared)
    await fill(prepared.database_url, conversations=size, messages_each=1, deals=size // 10, are_open=True)
    port = await stack.enter_async_context(prepared.serving("benchmarks.hub_process", BENCH_MODE="all"))
    conn = await connect(prepared.database_url, application="bench")
    stack.push_async_callback(conn.close)
    return Side(size=size, port=port, pids=prepared.pids, conn=conn, dice=random.Random(3))


async def _round(side: Side, seconds: float) -> dict[str, float]:
    def message() -> bytes:
        phone = f"+1{2_020_000_000 + side.dice.randint(1, side.size)}"
        return request("/in/sink", body(id=f"g{next(NUMBERS)}", sender=phone, text="Is it still there?"))

    before = await costs(side.conn, side.pids)
    loop = asyncio.get_running_loop()
    began = loop.time()
    load = await closed_loop(side.port, message, connections=32, seconds=seconds)
    while int(str(await side.conn.fetchval(DONE))):
        await asyncio.sleep(0.02)
    took = loop.time() - began
    await asyncio.sleep(STATISTICS_WITHIN)
    spent = (await costs(side.conn, side.pids)).since(before, times=len(load.latencies))
    return {"messages_per_s": len(load.latencies) / took, **spent}


def _row(side: Side, smallest: Side) -> dict[str, Any]:
    pairs = list(zip(side.rounds[1:], smallest.rounds[1:], strict=True))
    return {
        "contacts": side.size,
        **{name: round(median(one[name] for one in side.rounds[1:])) for name in side.rounds[0]},
        "relative": round(median(a["messages_per_s"] / b["messages_per_s"] for a, b in pairs), 2),
        "relative_cpu": round(median(_cpu(b) / _cpu(a) for a, b in pairs), 2),
    }


def _cpu(one: dict[str, float]) -> float:
    return one["server_us"] + one["hub_us"]
