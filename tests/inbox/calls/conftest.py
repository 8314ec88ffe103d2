"""A hub with a telephone line and a messenger."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from inbox.channels import service as channels
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    messenger = Sink(id_="messenger", handle_kind="telegram")
    opened = await open_world(db_url, redis_url, bot=False, connectors=[messenger])
    runtime = opened.runtime
    opened.teach("telephony")
    async with opened.pool.acquire() as conn, conn.transaction():
        for slug, connector, settings in (
            ("phone", "telephony", {"secret": "s3cret"}),
            ("tg", "messenger", {}),
        ):
            await channels.create(
                conn, runtime.registry, runtime.cipher, slug=slug, name=slug, connector=connector,
                settings=settings, region="KH", bot=False,
            )  # fmt: skip
    await runtime.refresh()
    yield opened
    await close_world(opened)
