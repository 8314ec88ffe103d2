"""Claiming what is to be sent: a statement that has become slow is planned anew."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from inbox.delivery import store
from tests.world import World, until


async def test_a_slow_claim_is_planned_anew_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, asked = store.claim, list[bool]()

    async def slow_at_first(conn: Any, *, plan_anew: bool = False, **more: Any) -> Any:
        asked.append(plan_anew)
        if len(asked) == 1:
            await asyncio.sleep(0.25)
        return await claim(conn, plan_anew=plan_anew, **more)

    monkeypatch.setattr(store, "claim", slow_at_first)
    await world.post(sender="+12025550101", text="operator")
    await world.delivered()
    await until(lambda: _enough(asked))
    assert asked[0] is False
    assert all(asked[1:])
    assert world.sink.sent


async def test_a_claim_with_a_new_plan_finds_the_same(world: World) -> None:
    await world.runtime.deliverer.stop()
    for n in range(3):
        await world.post(sender=f"+1202555010{n}", text="hello")
    await world.settled()
    async with world.pool.acquire() as conn, conn.transaction():
        found = await store.claim(conn, limit=10, but_channels=[], plan_anew=True)
        assert len(found) == 3
        assert await conn.fetchval("SHOW plan_cache_mode") == "force_custom_plan"
    assert await world.value("SHOW plan_cache_mode") == "auto"


async def _enough(asked: list[bool]) -> bool:
    return len(asked) >= 3
