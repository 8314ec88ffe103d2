"""A hub with a form and a chat, and a client without cookies."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import aiohttp
import pytest_asyncio

from tests.servers.site import Site, open_site


@pytest_asyncio.fixture
async def site(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    async with open_site(db_url, redis_url) as running:
        yield running


@pytest_asyncio.fixture
async def http(site: Site) -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=site.hub, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session
