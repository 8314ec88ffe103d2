"""A hub with pages per test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.site import Site, open_site
from tests.world import close_world, open_world


@pytest.fixture
async def site(db_url: str, redis_url: str) -> AsyncIterator[Site]:
    world = await open_world(db_url, redis_url, bot=False)
    async with open_site(world) as opened:
        yield opened
    await close_world(world)
