"""What the tests of operations share: a signed-in admin, and all connectors that come with the hub."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.site import CSRF, Site

Send = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def admin(site: Site) -> aiohttp.ClientSession:
    """A client of an admin, on a hub with the bundled connectors."""
    site.world.teach()
    user, _ = await site.world.user("Boss", role="admin")
    return await site.client(user)


@pytest.fixture
def send(admin: aiohttp.ClientSession) -> Send:
    """Send a form as the admin: status, body, and where it leads."""

    async def post(path: str, data: Any = (), **fields: str) -> tuple[int, str, str]:
        form = aiohttp.FormData([*data, *fields.items(), ("csrf", CSRF)])
        async with admin.post(path, data=form, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers.get("Location", "")

    return post
