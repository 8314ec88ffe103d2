"""A running hub per test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.world import World, close_world, open_world


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    opened = await open_world(db_url, redis_url)
    yield opened
    await close_world(opened)
