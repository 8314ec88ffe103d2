"""Guests over the API: listed, given a contact of their own, joined again, by who may see the contact."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from hub.serve import build_app
from tests.hub.api.conftest import Api
from tests.servers.sink import Sink
from tests.world import close_world, open_world

ADDRESS = "family@berg-az.example"


@pytest.fixture
async def family(db_url: str, redis_url: str) -> AsyncIterator[Api]:
    """Anna's contact, at whose address Ben wrote as well."""
    world = await open_world(db_url, redis_url, sink=Sink(handle_kind="email"), bot=False)
    client = TestClient(TestServer(build_app(world.runtime)))
    await client.start_server()
    for name in ("Anna Berg", "Ben Berg"):
        assert (
            await world.post(kind="email", sender=ADDRESS, trust="claimed", name=name, text=f"I am {name}")
            == 200
        )
        await world.settled()
    yield Api(world, client)
    await client.close()
    await close_world(world)


async def test_a_guest_is_split_and_joined_again(family: Api) -> None:
    call = await family.caller()
    anna = await family.world.value("SELECT id FROM crm_contact WHERE name = 'Anna Berg'")
    (ben,) = (await call.ok("GET", f"/contacts/{anna}/guests"))["items"]
    assert (ben["name"], ben["kind"], ben["value"]) == ("Ben Berg", "email", ADDRESS)
    own = f"/contacts/{anna}/guests/{ben['id']}/contact"
    await call.refused("DELETE", own, status=404)  # there is none yet
    made = (await call.ok("POST", own, status=201))["contact_id"]
    assert (await call.ok("GET", f"/contacts/{made}"))["name"] == "Ben Berg"
    wrote = "SELECT m.text FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id WHERE c.contact_id = $1"
    assert [row["text"] for row in await family.world.fetch(wrote, made)] == ["I am Ben Berg"]
    assert (await call.ok("GET", f"/contacts/{anna}/guests"))["items"] == []
    await call.refused("POST", own, status=404)  # nobody there any more
    merge = (await call.ok("DELETE", own))["merge_id"]
    assert (await call.ok("GET", f"/contacts/{made}"))["id"] == anna
    await call.ok("DELETE", f"/merges/{merge}")
    assert (await call.ok("GET", f"/contacts/{made}"))["id"] == made


async def test_only_by_the_contact_whose_guest_it_is_and_by_who_sees_it(family: Api) -> None:
    call = await family.caller()
    anna = await family.world.value("SELECT id FROM crm_contact WHERE name = 'Anna Berg'")
    guest = (await call.ok("GET", f"/contacts/{anna}/guests"))["items"][0]["id"]
    other = (await call.ok("POST", "/contacts", {"name": "Other"}, status=201))["id"]
    await call.refused("POST", f"/contacts/{other}/guests/{guest}/contact", status=404)
    mia, _ = await family.world.user("Mia")
    nina, _ = await family.world.user("Nina")
    await call.ok("PATCH", f"/contacts/{anna}", {"owner_id": mia.id})
    await family.world.fetch("UPDATE inbox_conversation SET assignee_id = $1", mia.id)
    stranger = await family.caller(("all",), nina)
    reader = await family.caller(("read",), mia)
    await stranger.refused("GET", f"/contacts/{anna}/guests", status=404)
    await stranger.refused("POST", f"/contacts/{anna}/guests/{guest}/contact", status=404)
    await reader.refused("POST", f"/contacts/{anna}/guests/{guest}/contact", status=403)
    made = await (await family.caller(("all",), mia)).ok(
        "POST", f"/contacts/{anna}/guests/{guest}/contact", status=201
    )
    await stranger.refused("DELETE", f"/contacts/{anna}/guests/{guest}/contact", status=404)
    assert made["contact_id"] != anna
