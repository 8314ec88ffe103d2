"""How many requests a second are durably accepted, beside an empty aiohttp handler in as many processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from statistics import median
from typing import Any

from benchmarks.costs import processor
from benchmarks.load import Load, closed_loop, request
from benchmarks.prepare import sink_channel
from benchmarks.stage import Stage
from tests.servers.sink import body

NUMBERS = count(1)
TEXT = "Hello, is the blue one still there? I would come by tomorrow morning to look at it. " * 4


async def run(stage: Stage, *, seconds: float, rounds: int, processes: int) -> list[dict[str, Any]]:
    """Rows by number of connections; the two take turns, and each round is compared with its neighbour. `ratio_cpu` is that
    of their processor time a request, which says the same on a busy machine."""
    await sink_channel(stage)
    rows: list[dict[str, Any]] = []
    async with stage.serving("benchmarks.empty", processes=processes) as empty_port:
        empty = Server(port=empty_port, pids=list(stage.pids))
        async with stage.serving(
            "benchmarks.hub_process", processes=processes, BENCH_MODE="door"
        ) as door_port:
            door = Server(port=door_port, pids=list(stage.pids))
            for connections in (64, 256):
                stored = int(str(await stage.fetchval("SELECT count(*) FROM inbox_journal")))
                for n in range(rounds + 1):  # the first one warms up
                    for server in (empty, door) if n % 2 else (door, empty):
                        await server.load(connections, seconds)
                stored = int(str(await stage.fetchval("SELECT count(*) FROM inbox_journal"))) - stored
                rows.append(_row(connections, processes, empty, door, stored=stored))
                empty.rounds, door.rounds = [], []
    return rows


@dataclass(slots=True, kw_only=True)
class Server:
    """What is loaded, and its rounds: each with its processor time a request, in seconds."""

    port: int
    pids: list[int]
    rounds: list[tuple[Load, float]] = field(default_factory=list[tuple[Load, float]])

    async def load(self, connections: int, seconds: float) -> None:
        before = sum(map(processor, self.pids))
        load = await closed_loop(self.port, _message, connections=connections, seconds=seconds)
        self.rounds.append((load, (sum(map(processor, self.pids)) - before) / max(len(load.latencies), 1)))


def _row(connections: int, processes: int, empty: Server, door: Server, *, stored: int) -> dict[str, Any]:
    pairs = list(zip(empty.rounds[1:], door.rounds[1:], strict=True))
    loads = [load for load, _ in door.rounds]
    return {
        "processes": processes,
        "connections": connections,
        "empty_per_s": round(median(load.per_second for load, _ in empty.rounds[1:])),
        "door_per_s": round(median(load.per_second for load in loads[1:])),
        "p50_ms": round(median(load.percentile(0.5) for load in loads[1:]), 2),
        "p99_ms": round(median(load.percentile(0.99) for load in loads[1:]), 2),
        "ratio": round(median(b[0].per_second / max(a[0].per_second, 1) for a, b in pairs), 2),
        "ratio_cpu": round(median(a[1] / b[1] for a, b in pairs if b[1]), 2),
        "refused": sum(load.bad for load in loads),
        "stored_less_acknowledged": stored - sum(len(load.latencies) for load in loads),
    }


def _message() -> bytes:
    n = next(NUMBERS)
    return request("/in/sink", body(id=f"m{n}", sender=f"+1202{n % 1_000_000:07}", text=TEXT))
