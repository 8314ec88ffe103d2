"""How many requests a second are durably accepted, beside an empty aiohttp handler in as many processes."""

from __future__ import annotations

from itertools import count
from typing import Any

from benchmarks.load import Load, closed_loop, request
from benchmarks.prepare import sink_channel
from benchmarks.stage import Stage
from tests.servers.sink import body

NUMBERS = count(1)
TEXT = "Hello, is the blue one still there? I would come by tomorrow morning to look at it. " * 4


async def run(stage: Stage, *, seconds: float, processes: int) -> list[dict[str, Any]]:
    """Rows by number of connections."""
    await sink_channel(stage)
    rows: list[dict[str, Any]] = []
    for connections in (64, 256):
        async with stage.serving("benchmarks.empty", processes=processes) as port:
            await closed_loop(port, _message, connections=connections, seconds=1)
            empty = await closed_loop(port, _message, connections=connections, seconds=seconds)
        async with stage.serving("benchmarks.hub_process", processes=processes, BENCH_MODE="door") as port:
            await closed_loop(port, _message, connections=connections, seconds=1)
            before = await stage.fetchval("SELECT count(*) FROM inbox_journal")
            door = await closed_loop(port, _message, connections=connections, seconds=seconds)
            after = await stage.fetchval("SELECT count(*) FROM inbox_journal")
        rows.append(_row(connections, processes, empty, door, stored=int(str(after)) - int(str(before))))
    return rows


def _row(connections: int, processes: int, empty: Load, door: Load, *, stored: int) -> dict[str, Any]:
    return {
        "processes": processes,
        "connections": connections,
        "empty_per_s": round(empty.per_second),
        "door_per_s": round(door.per_second),
        "p50_ms": round(door.percentile(0.5), 2),
        "p99_ms": round(door.percentile(0.99), 2),
        "ratio": round(door.per_second / empty.per_second, 2) if empty.per_second else 0,
        "refused": door.bad,
        "stored_less_acknowledged": stored - len(door.latencies),
    }


def _message() -> bytes:
    n = next(NUMBERS)
    return request("/in/sink", body(id=f"m{n}", sender=f"+1202{n % 1_000_000:07}", text=TEXT))
