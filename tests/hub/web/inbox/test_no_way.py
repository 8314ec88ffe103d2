"""A request that nobody can answer yet: what to connect, one click away, and whom to call; people have human names."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from connectors.webform.connector import WebForm
from inbox.channels import service as channels
from tests.site import Site, open_site
from tests.world import close_world, open_world


@pytest.fixture
async def site(db_url: str, redis_url: str) -> AsyncIterator[Site]:
    """With a form, and nothing that could carry an answer to it."""
    world = await open_world(db_url, redis_url, bot=False, connectors=[WebForm()])
    runtime = world.runtime
    async with runtime.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn,
            runtime.registry,
            runtime.cipher,
            slug="form",
            name="Web form",
            connector="webform",
            region="KH",
        )
    await runtime.refresh()
    async with open_site(world) as opened:
        yield opened
    await close_world(world)


async def entry(site: Site, **fields: str) -> int:
    """A conversation by an entry of a form, whatever its address."""
    async with site.world.client.post("/in/form", json=fields) as answer:
        assert answer.status == 200, await answer.text()
    await site.world.settled()
    return await site.world.value("SELECT max(id) FROM inbox_conversation")


async def shown(site: Site, role: str, conversation: int, path: str = "") -> str:
    user, _ = await site.world.user(role.title(), role=role, is_available=False)
    client = await site.client(user)
    async with client.get(f"/conversations/{conversation}{path}?view=all") as answer:
        assert answer.status == 200
        return await answer.text()


async def test_a_mailbox_is_one_click_away_and_the_telephone_offered(site: Site) -> None:
    conversation = await entry(site, name="Ann", email="ann@x.example", phone="+85512345678", message="Hi")
    page = await shown(site, "admin", conversation)
    assert "To answer ann@x.example, connect a mailbox." in page
    assert 'href="/channels/new/email"' in page
    assert 'data-dial="+85512345678"' in page


async def test_who_may_not_connect_is_told_whom_to_ask(site: Site) -> None:
    conversation = await entry(site, name="Ann", email="ann@x.example", message="Hi")
    page = await shown(site, "manager", conversation)
    assert "Ask an administrator to connect it." in page
    assert 'href="/channels/new/email"' not in page


async def test_who_left_no_address_is_a_visitor_with_a_time(site: Site) -> None:
    conversation = await entry(site, Wish="Please come by", Street="River Road 5")
    page = await shown(site, "admin", conversation)
    assert "This customer left no address that can be answered." in page
    assert re.search(r"Visitor · \d", page)
    assert "entry-" not in re.sub(r"<(?:a|form|input)\b[^>]*>", "", page), "no inner id is shown"


async def test_where_an_answer_can_go_out_nothing_is_said(site: Site) -> None:
    conversation = await site.conversation("Hello", sender="+85512000001", name="Bopha")
    assert "no-way" not in await shown(site, "admin", conversation)
