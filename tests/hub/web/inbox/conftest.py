"""Two managers, and what a page answers."""

from __future__ import annotations

import aiohttp
import pytest

from crm_core.users.model import User
from tests.site import Site


@pytest.fixture
async def dara(site: Site) -> User:
    return (await site.world.user("Dara", is_available=False))[0]


@pytest.fixture
async def rith(site: Site) -> User:
    return (await site.world.user("Rith", is_available=False))[0]


async def read(client: aiohttp.ClientSession, path: str, **headers: str) -> tuple[int, str]:
    async with client.get(path, headers=headers) as answer:
        return answer.status, await answer.text()
