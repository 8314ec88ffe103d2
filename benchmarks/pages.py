"""What a manager waits for: inbox page, thread, status change, search, kanban; with few and with many conversations."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp

from benchmarks.fill import fill
from benchmarks.prepare import sink_channel
from benchmarks.signed_in import signed_in
from benchmarks.stage import Stage, stage

Ask = Callable[[aiohttp.ClientSession, random.Random, int], Awaitable[None]]
WARM = 5


async def run(_: Stage, *, small: int, large: int, samples: int) -> list[dict[str, Any]]:
    """One row a page: p50 and p95 in milliseconds at both sizes, asked in turn, and the ratio of the medians."""
    async with AsyncExitStack() as stack:
        few, many = [await _side(stack, size) for size in (small, large)]
        for n in range(WARM + samples):
            for name, ask in ASKS.items():
                for side in (few, many) if n % 2 else (many, few):
                    began = time.perf_counter()
                    await ask(side.client, side.dice, side.size)
                    if n >= WARM:
                        side.took[name].append(time.perf_counter() - began)
    return [
        {
            "page": name,
            f"p50_ms_at_{small}": _ms(few.took[name], 0.5),
            f"p95_ms_at_{small}": _ms(few.took[name], 0.95),
            f"p50_ms_at_{large}": _ms(many.took[name], 0.5),
            f"p95_ms_at_{large}": _ms(many.took[name], 0.95),
            "ratio": round(_ms(many.took[name], 0.5) / max(_ms(few.took[name], 0.5), 0.01), 2),
        }
        for name in ASKS
    ]


@dataclass(slots=True, kw_only=True)
class Side:
    """A hub with so many conversations, and what each page took."""

    size: int
    client: aiohttp.ClientSession
    dice: random.Random
    took: dict[str, list[float]]


async def _side(stack: AsyncExitStack, size: int) -> Side:
    prepared = await stack.enter_async_context(stage())
    await sink_channel(prepared)
    await fill(prepared.database_url, conversations=size)
    port = await stack.enter_async_context(prepared.serving("benchmarks.whole_process"))
    client, _csrf = await stack.enter_async_context(signed_in(prepared, port))
    return Side(size=size, client=client, dice=random.Random(7), took={name: [] for name in ASKS})


async def _get(client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(path, allow_redirects=False) as response:
        await response.read()
        assert response.status == 200, (path, response.status)


async def _inbox(client: aiohttp.ClientSession, dice: random.Random, size: int) -> None:
    await _get(client, f"/inbox?view={dice.choice(['all', 'unassigned', 'closed', 'waiting'])}")


async def _thread(client: aiohttp.ClientSession, dice: random.Random, size: int) -> None:
    await _get(client, f"/conversations/{dice.randint(1, size)}")


async def _status(client: aiohttp.ClientSession, dice: random.Random, size: int) -> None:
    path = f"/conversations/{25 * dice.randint(1, size // 25)}/closure"
    path += dice.choice(["", "/removal"])
    async with client.post(path, headers={"HX-Request": "true"}, allow_redirects=False) as response:
        await response.read()
        assert response.status < 400, (path, response.status)


async def _search(client: aiohttp.ClientSession, dice: random.Random, size: int) -> None:
    words = [
        "price",
        f"red{dice.randint(1, 4999)}",
        str(dice.randint(1, size * 10)),
        f"Sokha {dice.randint(1, size)}",
    ]
    await _get(client, f"/inbox?query={dice.choice(words)}")


async def _kanban(client: aiohttp.ClientSession, dice: random.Random, size: int) -> None:
    await _get(client, "/deals")


ASKS: dict[str, Ask] = {
    "inbox page": _inbox,
    "thread": _thread,
    "status change": _status,
    "search": _search,
    "kanban": _kanban,
}


def _ms(found: list[float], share: float) -> float:
    ordered = sorted(found)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1)
