"""A hub with a telephone channel whose exchange is a small real server, and two managers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from connectors.conformance.server import Provider, scripted
from crm_core.users.model import User
from inbox.channels import service as channels
from tests.site import Site

RANG = "+12025550123"
OURS = "+12025550100"


@dataclass(slots=True)
class Phone:
    """The telephone of a house: Dara has extension 11, Sok has 12; `exchange` notes which calls it is asked for."""

    site: Site
    exchange: Provider
    dara: User
    sok: User
    client: aiohttp.ClientSession

    async def tell(self, event: str, **fields: Any) -> str:
        """One step, taken in before the next one comes; what the door answered."""
        given = {"event": event, "call_id": "c1", "from": RANG, "to": OURS, **fields}
        body = {name: str(value) for name, value in given.items() if value is not None}
        world = self.site.world
        async with world.client.post("/in/phone", data=body, headers={"X-Token": "s3cret"}) as response:
            assert response.status == 200
            answer = await response.text()
        await world.settled()
        return answer

    async def call(self, call_id: str = "c1") -> dict[str, Any]:
        query = "SELECT * FROM inbox_call WHERE call_id = $1"
        return (await self.site.world.fetch(query, call_id))[0]


@pytest.fixture
async def phone(site: Site) -> AsyncIterator[Phone]:
    world = site.world
    runtime = world.runtime
    world.teach("telephony")
    async with scripted() as exchange:
        async with world.pool.acquire() as conn, conn.transaction():
            await channels.create(
                conn, runtime.registry, runtime.cipher, slug="phone", name="Phone", connector="telephony",
                settings={"secret": "s3cret", "dial_url": f"{exchange.base}/dial"}, region="US",
            )  # fmt: skip
        await runtime.refresh()
        dara, _ = await world.user("Dara", extension="11")
        sok, _ = await world.user("Sok", extension="12", is_available=False)
        client = await site.client(dara)
        yield Phone(site=site, exchange=exchange, dara=dara, sok=sok, client=client)
