"""From a customer's POST to the push at a manager's open page, at a steady rate."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp

from benchmarks.prepare import sink_channel
from benchmarks.signed_in import signed_in
from benchmarks.stage import Stage
from tests.servers.sink import body

RATE = 200


async def run(stage: Stage, *, seconds: float, processes: int = 1) -> list[dict[str, Any]]:
    """One row: latencies in milliseconds of the pushes of messages posted at 200 a second."""
    await sink_channel(
        stage, bot=False
    )  # a bot's answer would stand in the row instead of the customer's words
    sent: dict[str, float] = {}
    seen: dict[str, float] = {}
    async with (
        stage.serving("benchmarks.whole_process", processes=processes) as port,
        signed_in(stage, port) as (client, _csrf),
    ):
        listener = asyncio.create_task(_listen(client, seen))
        await asyncio.sleep(1)
        await _post(client, sent, seconds=seconds)
        await asyncio.sleep(2)
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
    latencies = sorted(seen[name] - at for name, at in sent.items() if name in seen)
    return [
        {
            "posted": len(sent),
            "seen": len(latencies),
            "p50_ms": round(latencies[len(latencies) // 2] * 1000, 1) if latencies else None,
            "p95_ms": round(latencies[int(len(latencies) * 0.95)] * 1000, 1) if latencies else None,
        }
    ]


async def _post(client: aiohttp.ClientSession, sent: dict[str, float], *, seconds: float) -> None:
    tasks: set[asyncio.Task[None]] = set()
    began = time.perf_counter()
    for n in range(int(seconds * RATE)):
        await asyncio.sleep(max(0.0, began + n / RATE - time.perf_counter()))
        tasks.add(asyncio.create_task(_one(client, f"seen-{n:06}-", n, sent)))
    await asyncio.gather(*tasks)


async def _one(client: aiohttp.ClientSession, mark: str, n: int, sent: dict[str, float]) -> None:
    sent[mark] = time.perf_counter()
    data = body(id=mark, sender=f"+1202{n % 500:07}", text=f"Hello {mark}")
    async with client.post("/in/sink", data=data) as response:
        await response.read()


async def _listen(client: aiohttp.ClientSession, seen: dict[str, float]) -> None:
    timeout = aiohttp.ClientTimeout(total=None)
    async with client.get(
        "/live?view=all", timeout=timeout, headers={"Accept": "text/event-stream"}
    ) as response:
        rest = ""
        async for chunk in response.content.iter_any():
            now = time.perf_counter()
            text = rest + chunk.decode("utf-8", "replace")
            for part in text.split("seen-")[1:]:
                if len(part) >= 7:
                    seen.setdefault(f"seen-{part[:7]}", now)
            rest = text[-12:]
