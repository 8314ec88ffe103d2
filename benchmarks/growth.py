"""How the end-to-end rate holds as the number of contacts grows from 1,000 to 1,000,000."""

from __future__ import annotations

import asyncio
import random
from itertools import count
from typing import Any

from benchmarks.end_to_end import DONE
from benchmarks.fill import fill
from benchmarks.load import closed_loop, request
from benchmarks.prepare import sink_channel
from benchmarks.stage import Stage, stage
from tests.servers.sink import body

SIZES = (1_000, 30_000, 1_000_000)
NUMBERS = count(1)


async def run(_: Stage, *, seconds: float) -> list[dict[str, Any]]:
    """One row a size; `relative` is the rate beside that of the smallest."""
    rows: list[dict[str, Any]] = []
    for size in SIZES:
        async with stage() as prepared:
            await sink_channel(prepared)
            await fill(prepared.database_url, conversations=size, messages_each=1, deals=size // 10)
            rows.append({"contacts": size, "messages_per_s": await _rate(prepared, size, seconds)})
    for row in rows:
        row["relative"] = round(row["messages_per_s"] / max(rows[0]["messages_per_s"], 1), 2)
    return rows


async def _rate(prepared: Stage, size: int, seconds: float) -> int:
    dice = random.Random(3)

    def message() -> bytes:
        phone = f"+1{2_020_000_000 + dice.randint(1, size)}"
        return request("/in/sink", body(id=f"g{next(NUMBERS)}", sender=phone, text="Is it still there?"))

    async with prepared.serving("benchmarks.hub_process", BENCH_MODE="all") as port:
        await closed_loop(port, message, connections=16, seconds=1)
        loop = asyncio.get_running_loop()
        began = loop.time()
        load = await closed_loop(port, message, connections=32, seconds=seconds)
        while int(str(await prepared.fetchval(DONE))):
            await asyncio.sleep(0.05)
        return round(len(load.latencies) / (loop.time() - began))
