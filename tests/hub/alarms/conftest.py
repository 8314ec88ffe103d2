"""A hub with two mailboxes and a bot that can carry letters."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from inbox.channels import service as channels
from tests.hub.alarms.made import Mailbox
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world


@pytest.fixture
def mail() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def world(db_url: str, redis_url: str, mail: Mailbox) -> AsyncIterator[World]:
    made = await open_world(
        db_url, redis_url, bot=False, connectors=(mail, Sink(id_="telegram", handle_kind="telegram"))
    )
    async with made.pool.acquire() as conn, conn.transaction():
        for slug, connector in (("box", "email"), ("box2", "email"), ("bot", "telegram")):
            await channels.create(
                conn,
                made.runtime.registry,
                made.runtime.cipher,
                slug=slug,
                name=slug.title(),
                connector=connector,
            )
        await conn.execute("UPDATE inbox_channel SET state = 'connected'")
    await made.runtime.refresh()
    yield made
    await close_world(made)
