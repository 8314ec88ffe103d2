"""A hub with its pages, for jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.site import Site, open_site
from tests.world import World, close_world, open_world


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, bot=False)
    yield made
    await close_world(made)


@pytest.fixture
async def site(world: World) -> AsyncIterator[Site]:
    async with open_site(world) as opened:
        yield opened
