"""From the word that it rings to the pop-up at a manager's open page: 500 calls at once, and one after another."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import aiohttp

from benchmarks.signed_in import signed_in
from benchmarks.stage import SECRET, Stage
from connectors.registry import load_registry
from hub.crypto import Cipher
from hub.database import create_pool
from inbox.channels import service as channels

POPUP = re.compile(r'data-into="calls">.*?</section>', re.DOTALL)
MARK = re.compile(r"rings-\d{6}-")
PATIENCE = 15.0


async def run(stage: Stage, *, calls: int) -> list[dict[str, Any]]:
    """A row a way of ringing: all in one moment, then 50 a second; milliseconds from the POST to the push."""
    await _channel(stage)
    async with (
        stage.serving("benchmarks.whole_process", processes=1) as port,
        signed_in(stage, port) as (client, _csrf),
    ):
        seen: dict[str, float] = {}
        listener = asyncio.create_task(_listen(client, seen))
        await asyncio.sleep(1)
        rows = [
            await _ring(client, seen, calls=calls, first=0, rate=0),
            await _ring(client, seen, calls=calls, first=calls, rate=50),
        ]
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
    return rows


async def _channel(stage: Stage) -> None:
    pool = await create_pool(stage.database_url, application="bench")
    async with pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn,
            load_registry(),
            Cipher(SECRET),
            slug="phone",
            name="Phone",
            connector="telephony",
            settings={"secret": "s3cret"},
        )
    await pool.close()


async def _ring(
    client: aiohttp.ClientSession, seen: dict[str, float], *, calls: int, first: int, rate: int
) -> dict[str, Any]:
    """Every call of another person; `rate` 0 is all at once."""
    sent: dict[str, float] = {}
    tasks: list[asyncio.Task[int]] = []
    began = time.perf_counter()
    for n in range(calls):
        if rate:
            await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(_post(client, first + n, sent)))
    statuses = await asyncio.gather(*tasks)
    until = time.perf_counter() + PATIENCE
    while not sent.keys() <= seen.keys() and time.perf_counter() < until:
        await asyncio.sleep(0.05)
    times = sorted((seen[mark] - at) * 1000 for mark, at in sent.items() if mark in seen)
    return {
        "calls": calls,
        "a second": rate or "at once",
        "accepted": statuses.count(200),
        "seen": len(times),
        "p50_ms": round(times[len(times) // 2], 1) if times else None,
        "p95_ms": round(times[int(len(times) * 0.95)], 1) if times else None,
    }


async def _post(client: aiohttp.ClientSession, n: int, sent: dict[str, float]) -> int:
    mark = f"rings-{n:06}-"
    data = {
        "event": "ringing",
        "call_id": mark,
        "from": f"+1202555{n:04}",
        "to": "+12025550100",
        "name": mark,
    }
    sent[mark] = time.perf_counter()
    async with client.post("/in/phone", data=data, headers={"X-Token": "s3cret"}) as response:
        await response.read()
        return response.status


async def _listen(client: aiohttp.ClientSession, seen: dict[str, float]) -> None:
    """Note when a pop-up came whole; the row of the same call in the list is not one."""
    timeout = aiohttp.ClientTimeout(total=None)
    headers = {"Accept": "text/event-stream"}
    async with client.get("/live?view=all", timeout=timeout, headers=headers) as response:
        rest = ""
        async for chunk in response.content.iter_any():
            now = time.perf_counter()
            rest += chunk.decode("utf-8", "replace")
            taken = 0
            for popup in POPUP.finditer(rest):
                taken = popup.end()
                for mark in MARK.findall(popup.group()):
                    seen.setdefault(mark, now)
            rest = rest[taken:][-65536:]
