"""How a job ended reaches who began it, also who was on no page then: until it is read, and over a restart."""

from __future__ import annotations

import asyncio
import re

import aiohttp
import pytest

from crm_core.users.model import User, Viewer
from hub.work import runner, service
from hub.work.kinds import KINDS, REPLAY
from tests.site import CSRF, Site, open_site
from tests.world import World, close_world, open_world

BADGE = re.compile(r'id="jobs-unread">(\d*)<')
NEWS = re.compile(r'data-reads="([\d,]+)"')


async def ended(world: World, viewer: Viewer) -> int:
    """The id of a job that is done while nobody looks."""
    async with world.pool.acquire() as conn, conn.transaction():
        id_ = await service.begin(conn, viewer, REPLAY, {})
    for due, _ in await runner.due(world.runtime, KINDS):
        await runner.run(world.runtime, due, KINDS)
    return id_


async def told(client: aiohttp.ClientSession) -> tuple[str, list[int]]:
    """What a page that opens now shows beside *Jobs*, and of which jobs its notice tells."""
    heard = ""
    async with client.get("/live") as stream:
        while "jobs-news" not in heard or not heard.endswith("\n\n"):
            heard += (await asyncio.wait_for(stream.content.readline(), 30)).decode()
    badge = BADGE.search(heard)
    news = NEWS.search(heard)
    assert badge
    return badge[1], [int(one) for one in news[1].split(",")] if news else []


async def read(client: aiohttp.ClientSession, ids: str) -> None:
    async with client.post("/jobs/readings", data={"ids": ids, "csrf": CSRF}) as answer:
        assert answer.status == 204


async def person(site: Site, name: str = "Boss") -> tuple[User, Viewer]:
    return await site.world.user(name, role="admin")


async def test_who_was_away_is_told_on_the_next_page_also_after_a_restart(
    db_url: str, redis_url: str
) -> None:
    world = await open_world(db_url, redis_url, bot=False)
    user, viewer = await world.user("Boss", role="admin")
    id_ = await ended(world, viewer)
    await close_world(world)
    world = await open_world(db_url, redis_url, bot=False)
    async with open_site(world) as site:
        client = await site.client(user)
        async with client.get("/settings") as page:
            html = await page.text()
            assert 'id="jobs-unread"' in html
            assert 'id="jobs-news"' in html
        assert await told(client) == ("1", [id_])
        assert await told(client) == ("1", [id_]), "it stays until it is read"
        await read(client, f"{id_}")
        assert await told(client) == ("", [])
    await close_world(world)


@pytest.mark.parametrize("page", ["/jobs", "/jobs/{id}"])
async def test_who_looks_at_it_has_read_it(site: Site, page: str) -> None:
    user, viewer = await person(site)
    other, _ = await person(site, "Other")
    id_ = await ended(site.world, viewer)
    client, colleague = await site.client(user), await site.client(other)
    assert await told(colleague) == ("", []), "it is told to who began it"
    async with colleague.get(page.format(id=id_)) as answer:
        assert answer.status == 200
    await read(colleague, f"{id_}")
    assert await told(client) == ("1", [id_])
    async with client.get(page.format(id=id_)) as answer:
        assert answer.status == 200
    assert await told(client) == ("", [])


async def test_several_are_one_notice_and_only_what_it_named_is_read(site: Site) -> None:
    user, viewer = await person(site)
    client = await site.client(user)
    first, second = await ended(site.world, viewer), await ended(site.world, viewer)
    assert await told(client) == ("2", [second, first])
    await read(client, f"{first},nonsense,{2**70},")
    assert await told(client) == ("1", [second])
    async with client.post(
        f"/jobs/{second}/repetition", data={"csrf": CSRF}, allow_redirects=False
    ) as answer:
        assert answer.status == 409
    await site.world.fetch("UPDATE hub_job SET state = 'failed' WHERE id = $1", second)
    async with client.post(
        f"/jobs/{second}/repetition", data={"csrf": CSRF}, allow_redirects=False
    ) as answer:
        assert answer.status == 303
    assert await told(client) == ("", []), "it goes on"


async def test_an_open_page_is_told_when_it_is_read_on_another(site: Site) -> None:
    user, viewer = await person(site)
    client = await site.client(user)
    id_ = await ended(site.world, viewer)
    async with client.get("/live") as stream:
        heard = b""
        while b"data-reads" not in heard:
            heard += await asyncio.wait_for(stream.content.readline(), 30)
        await read(client, f"{id_}")
        while b'<div id="jobs-news"></div>' not in heard:
            heard += await asyncio.wait_for(stream.content.readline(), 30)
