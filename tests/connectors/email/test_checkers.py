"""The channel's page offers the names of servers that checked senders, and one press names the server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.connectors.email.door import Door, open_door
from tests.site import CSRF, open_site
from tests.world import close_world, open_world

MAIL = "Authentication-Results: {by}dmarc=pass header.from=x.example\r\nFrom: ann@x.example\r\nSubject: s\r\n\r\nHello {n}\r\n"


@pytest.fixture
async def door(db_url: str, redis_url: str) -> AsyncIterator[Door]:
    world = await open_world(db_url, redis_url, bot=False)
    yield await open_door(world)
    await close_world(world)


async def test_the_server_that_was_seen_is_offered_and_named(door: Door) -> None:
    names = ["mx.shop.example; "] * 3 + ["evil.example; ", ""]
    await door.take(*(MAIL.format(by=by, n=n).encode() for n, by in enumerate(names)))
    boss, _ = await door.world.user("Boss", role="admin")
    async with open_site(door.world) as site:
        client = await site.client(boss)
        async with client.get(f"{site.url}/channels/mail") as answer:
            page = await answer.text()
        offered = [
            name for name in ("mx.shop.example", "evil.example", "-") if f'name="name" value="{name}"' in page
        ]
        assert offered == ["mx.shop.example", "evil.example", "-"]
        for name, status in (("made.up.example", 422), ("mx.shop.example", 200)):
            fields = {"csrf": CSRF, "name": name}
            async with client.post(f"{site.url}/channels/mail/checker", data=fields) as answer:
                assert answer.status == status
        async with client.get(f"{site.url}/channels/mail") as answer:
            assert 'name="name" value="mx.shop.example"' not in await answer.text()
    await door.take(MAIL.format(by="mx.shop.example; ", n=9).encode())
    assert ("ann@x.example", "proven") in await door.handles()
