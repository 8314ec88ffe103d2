"""From a customer's POST to the bot's answer in the hands of a connector, at a steady rate."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp

from benchmarks.prepare import sink_channel
from benchmarks.stage import Stage
from hub.database import connect
from tests.servers.sink import body

RATE = 200
SENDERS = 500
BUSY = "SELECT count(*) FROM inbox_outbox WHERE state IN ('waiting', 'retry', 'sending')"
ANSWERED = """
    SELECT i.external_id, extract(epoch FROM o.done_at)::float8 AS at
      FROM (SELECT conversation_id, external_id, row_number() OVER (PARTITION BY conversation_id ORDER BY id) AS n
              FROM inbox_message WHERE direction = 'in') AS i
      JOIN (SELECT m.conversation_id, b.done_at, row_number() OVER (PARTITION BY m.conversation_id ORDER BY m.id) AS n
              FROM inbox_message m JOIN inbox_outbox b ON b.message_id = m.id AND b.state = 'sent'
             WHERE m.author = 'bot') AS o USING (conversation_id, n)"""


async def run(stage: Stage, *, seconds: float) -> list[dict[str, Any]]:
    """A row: latencies in milliseconds of answers to messages posted at 200 a second by people new and known."""
    await sink_channel(stage)
    posted: dict[str, float] = {}
    async with (
        stage.serving("benchmarks.whole_process", processes=1) as port,
        aiohttp.ClientSession(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        await _post(client, {}, seconds=1, mark="warm")
        await _post(client, posted, seconds=seconds, mark="told")
        await asyncio.sleep(1)
        while int(str(await stage.fetchval(BUSY))):
            await asyncio.sleep(0.1)
    conn = await connect(stage.database_url, application="bench")
    answered = {row["external_id"]: row["at"] for row in await conn.fetch(ANSWERED)}
    await conn.close()
    took = sorted((answered[mark] - at) * 1000 for mark, at in posted.items() if mark in answered)
    return [
        {
            "posted": len(posted),
            "answered": len(took),
            "p50_ms": round(took[len(took) // 2], 1) if took else None,
            "p95_ms": round(took[int(len(took) * 0.95)], 1) if took else None,
            "p99_ms": round(took[int(len(took) * 0.99)], 1) if took else None,
        }
    ]


async def _post(
    client: aiohttp.ClientSession, posted: dict[str, float], *, seconds: float, mark: str
) -> None:
    tasks: set[asyncio.Task[None]] = set()
    began = time.perf_counter()
    for n in range(int(seconds * RATE)):
        await asyncio.sleep(max(0.0, began + n / RATE - time.perf_counter()))
        tasks.add(asyncio.create_task(_one(client, posted, f"{mark}-{n}", n)))
    await asyncio.gather(*tasks)


async def _one(client: aiohttp.ClientSession, posted: dict[str, float], mark: str, n: int) -> None:
    posted[mark] = time.time()  # the clock that the database reads, on the same machine
    data = body(id=mark, sender=f"+1202{n % SENDERS:07}", text="Hello, what is the price?")
    async with client.post("/in/sink", data=data) as response:
        await response.read()
