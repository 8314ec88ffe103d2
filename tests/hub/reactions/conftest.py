"""A hub whose deals that are won or lost are heard of."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from crm_core import events
from tests.world import World, close_world, open_world


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, bot=False)
    await made.fetch("CREATE TABLE trace (handler text, deal bigint)")
    async with made.pool.acquire() as conn:
        await events.subscribe(conn, ["deal.won", "deal.lost"])
    yield made
    await close_world(made)
