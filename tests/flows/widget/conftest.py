"""A hub with its chat and forms, and a site of another origin that shows them."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest_asyncio

from tests.servers.site import Site, open_site


@pytest_asyncio.fixture(loop_scope="session")
async def site(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    async with open_site(db_url, redis_url) as running:
        yield running
