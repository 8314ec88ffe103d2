"""Claiming what is to be sent: a statement that has become slow is planned anew."""

from __future__ import annotations

import math
from typing import Any

import pytest

from inbox.delivery import service, store
from tests.world import World, close_world, open_world, until


async def test_a_slow_claim_is_planned_anew_for_a_while(
    db_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No claim counts as slow, however slow the machine is, but the first one that is looked at."""
    monkeypatch.setattr(service, "SLOW_CLAIM", math.inf)
    monkeypatch.setattr(service, "PLAN_ANEW_FOR", math.inf)
    claim, asked = store.claim, list[bool]()

    async def slow_at_first(conn: Any, *, plan_anew: bool = False, **more: Any) -> Any:
        asked.append(plan_anew)
        monkeypatch.setattr(service, "SLOW_CLAIM", -1.0 if len(asked) == 1 else math.inf)
        return await claim(conn, plan_anew=plan_anew, **more)

    monkeypatch.setattr(store, "claim", slow_at_first)
    world = await open_world(db_url, redis_url)
    try:
        await world.post(sender="+12025550101", text="operator")
        await world.delivered()
        await until(lambda: _enough(asked))
        assert asked[0] is False
        assert all(asked[1:])
        assert world.sink.sent
    finally:
        await close_world(world)


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
