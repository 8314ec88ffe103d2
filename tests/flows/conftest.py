"""What flows share: a hub with its pages, a browser, a manager, and what axe finds on a page."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from crm_core.users import service as users
from crm_core.users.model import User
from tests.site import Site, open_browser, open_site
from tests.world import close_world, open_world

PASSWORD = "correct horse battery"


@pytest.fixture
async def site(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    """A hub without a bot."""
    world = await open_world(db_url, redis_url, bot=False)
    async with open_site(world) as opened:
        yield opened
    await close_world(world)


@pytest.fixture
async def browser(chromium_path: str) -> AsyncGenerator[Browser]:
    async with open_browser(chromium_path) as opened:
        yield opened


@pytest.fixture
async def dara(site: Site) -> User:
    """A manager who is not available."""
    user, _ = await site.world.user("Dara", is_available=False)
    async with site.world.pool.acquire() as conn, conn.transaction():
        await users.set_password(conn, user.id, PASSWORD)
        return await users.get(conn, user.id)


async def complaints(page: Page) -> list[str]:
    """What axe-core finds."""
    found = await Axe().run(page)
    return [
        f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found.response["violations"]
    ]


async def fits(page: Page) -> None:
    """Nothing is wrong, nor wider than the window."""
    assert await complaints(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
