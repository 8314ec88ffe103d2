"""Messages a second from POST to stored, matched, answered by the bot and handed to a sink channel."""

from __future__ import annotations

import asyncio
import time
from itertools import count
from typing import Any

from benchmarks.load import closed_loop, request
from benchmarks.prepare import sink_channel
from benchmarks.stage import Stage
from tests.servers.sink import body

NUMBERS = count(1)
SENDERS = 5_000
DONE = """
    SELECT (SELECT count(*) FROM inbox_journal WHERE state = 'pending')
         + (SELECT count(*) FROM inbox_outbox WHERE state IN ('waiting', 'retry', 'sending'))"""


async def run(stage: Stage, *, seconds: float, processes: int) -> list[dict[str, Any]]:
    """One row: the sustained rate, backlog worked off included."""
    await sink_channel(stage)
    async with stage.serving("benchmarks.hub_process", processes=processes, BENCH_MODE="all") as port:
        await closed_loop(port, _message, connections=16, seconds=1)
        await _drained(stage)
        sent_before = await stage.fetchval("SELECT count(*) FROM inbox_outbox WHERE state = 'sent'")
        began = time.perf_counter()
        load = await closed_loop(port, _message, connections=32, seconds=seconds)
        await _drained(stage)
        took = time.perf_counter() - began
    inbound = len(load.latencies)
    answered = int(str(await stage.fetchval("SELECT count(*) FROM inbox_outbox WHERE state = 'sent'"))) - int(
        str(sent_before)
    )
    stored = int(str(await stage.fetchval("SELECT count(*) FROM inbox_message WHERE direction = 'in'")))
    return [
        {
            "processes": processes,
            "accepted": inbound,
            "answers_sent": answered,
            "messages_per_s": round(inbound / took),
            "seconds_with_backlog": round(took, 1),
            "stored_in_all": stored,
            "refused": load.bad,
        }
    ]


async def _drained(stage: Stage) -> None:
    while int(str(await stage.fetchval(DONE))):
        await asyncio.sleep(0.1)


def _message() -> bytes:
    n = next(NUMBERS)
    return request(
        "/in/sink",
        body(id=f"e{n}", sender=f"+1202{n % SENDERS:07}", text=f"Hello, what is the price of number {n}?"),
    )
