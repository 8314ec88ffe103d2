"""Names and pictures that a provider tells of its people: they fill what is empty, and make no claim a proof."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from connectors.contract import Context, Handle, Profile
from inbox.profiles import service as profiles
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world

HANDLES = "SELECT value, trust FROM crm_handle ORDER BY value, trust"


class Telling(Sink):
    """A provider that knows everybody's name, also of those whom somebody only named."""

    async def profile(self, handle: Handle, context: Context) -> Profile:
        del context
        return Profile(name=f"Told {handle.value[-1]}")


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncGenerator[World]:
    made = await open_world(db_url, redis_url, sink=Telling(), bot=False)
    yield made
    await close_world(made)


async def asked(world: World) -> None:
    await world.settled()
    await profiles.ask_due(world.pool, world.runtime.directory, world.runtime.context_of)


async def test_who_is_proven_gets_the_name_that_the_provider_tells(world: World) -> None:
    await world.post(sender="+85512000001", text="hello")
    await asked(world)
    assert await world.fetch("SELECT name FROM crm_contact") == [{"name": "Told 1"}]


async def test_a_claim_stays_one(world: World) -> None:
    """Were it asked about, the answer would come back as a proof."""
    await world.post(sender="+85512000002", text="it is me", trust="claimed")
    await asked(world)
    assert await world.fetch(HANDLES) == [{"value": "+85512000002", "trust": "claimed"}]
    assert await world.value("SELECT count(*) FROM inbox_profile") == 0


async def test_a_claim_gets_nothing_of_who_proves_the_same_address(world: World) -> None:
    await world.post(sender="+85512000003", text="it is me", trust="claimed")
    await world.settled()
    await world.post(sender="+85512000003", text="no, me")
    await asked(world)
    proven = "SELECT count(*) FROM crm_handle WHERE trust = 'proven'"
    assert await world.value(proven) == 1
    named = (
        "SELECT c.name FROM crm_contact c JOIN crm_handle h ON h.contact_id = c.id WHERE h.trust = 'proven'"
    )
    assert await world.fetch(named) == [{"name": "Told 3"}]


async def test_an_address_that_was_taken_away_meanwhile_does_not_come_back(world: World) -> None:
    await world.post(sender="+85512000004", text="hello")
    await world.settled()
    await world.fetch("DELETE FROM crm_handle")
    await asked(world)
    assert await world.fetch(HANDLES) == []
    assert await world.value("SELECT count(*) FROM crm_contact") == 1
