"""What flows share: a hub with its pages, a browser, a manager, and what axe finds on a page.

All flows of a test process run on one event loop, since its one browser belongs to that: asynchronous fixtures of
flows say `@pytest_asyncio.fixture(loop_scope="session")`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from crm_core.users import service as users
from crm_core.users.model import User
from tests.site import Site, open_browser, open_site
from tests.world import close_world, open_world

HERE = Path(__file__).parent
PASSWORD = "correct horse battery"
UNHURRIED = """const later = window.setTimeout;
window.setTimeout = (what, ms, ...more) => later(what, ms >= 5000 && ms <= 10000 ? 600000 : ms, ...more);"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(chromium_path: str) -> AsyncGenerator[Browser]:
    """The browser of this test process."""
    async with open_browser(chromium_path) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncGenerator[Browser]:
    """The browser; its contexts are a test's own and end with it."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def site(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    """A hub without a bot."""
    world = await open_world(db_url, redis_url, bot=False)
    async with open_site(world) as opened:
        yield opened
    await close_world(world)


@pytest_asyncio.fixture(loop_scope="session")
async def taught(db_url: str, redis_url: str) -> AsyncGenerator[Site]:
    """A hub with a bot and all connectors of the house."""
    world = await open_world(db_url, redis_url)
    world.teach()
    async with open_site(world) as opened:
        yield opened
    await close_world(world)


@pytest_asyncio.fixture(loop_scope="session")
async def dara(site: Site) -> User:
    """A manager who is not available."""
    user, _ = await site.world.user("Dara", is_available=False)
    return user


@pytest_asyncio.fixture(loop_scope="session")
async def password(site: Site, dara: User) -> str:
    """Dara's password."""
    async with site.world.pool.acquire() as conn, conn.transaction():
        await users.set_password(conn, dara.id, PASSWORD)
    return PASSWORD


async def unhurried(context: BrowserContext) -> BrowserContext:
    """Notices with something to click stay, however slow the machine is."""
    await context.add_init_script(UNHURRIED)
    return context


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
