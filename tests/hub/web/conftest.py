"""A hub with pages per test, a signed-in admin, and a deal of one manager with the eyes of another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from crm_core.companies import service as companies
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.tasks import service as tasks
from crm_core.users.model import User, Viewer
from tests.site import CSRF, Site, open_site
from tests.world import close_world, open_world

Send = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def site(db_url: str, redis_url: str) -> AsyncIterator[Site]:
    world = await open_world(db_url, redis_url, bot=False)
    async with open_site(world) as opened:
        yield opened
    await close_world(world)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Dara owns everything here; Bopha works beside her."""

    site: Site
    dara: User
    viewer: Viewer
    client: aiohttp.ClientSession
    colleague: aiohttp.ClientSession
    contact_id: int
    deal_id: int
    task_id: int
    company_id: int
    stages: tuple[int, ...]


@pytest.fixture
async def desk(site: Site) -> Desk:
    dara, viewer = await site.world.user("Dara")
    bopha, _ = await site.world.user("Bopha")
    async with site.world.pool.acquire() as conn, conn.transaction():
        company_id = await companies.create(conn, viewer, name="Angkor", owner_id=dara.id)
        contact_id = await contacts.create(conn, viewer, name="Sok Li", handles=[("phone", "+85512000001")])
        deal_id = await deals.create(conn, viewer, contact_id=contact_id, title="Oak table", amount=125_000)
        task_id = await tasks.create(conn, viewer, title="Measure", deal_id=deal_id)
        pipeline = (await deals.pipelines(conn))[0]
    return Desk(
        site=site,
        dara=dara,
        viewer=viewer,
        client=await site.client(dara),
        colleague=await site.client(bopha),
        contact_id=contact_id,
        deal_id=deal_id,
        task_id=task_id,
        company_id=company_id,
        stages=tuple(stage.id for stage in pipeline.stages),
    )
