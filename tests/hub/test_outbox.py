"""What did not go out is listed over all channels, wherever ops look, and tried again from there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from click.testing import CliRunner

from connectors.contract import CredentialsDead, Outbound, PersonUnreachable, Refused, Sent, TryAgain, Unknown
from crm_core.users.model import SYSTEM
from hub.api import tokens
from hub.cli import hub
from hub.serve import build_app
from inbox.actions import service as conversations
from inbox.delivery import unsent
from tests.servers.sink import Sink
from tests.site import CSRF, open_site, texts
from tests.world import World, close_world, open_world, until
from values.errors import NotFound

FATES: dict[str, Exception] = {
    "retry": TryAgain("The line is busy", after=3600),
    "credentials": CredentialsDead("The token has run out"),
    "refused": Refused("No such template"),
    "unreachable": PersonUnreachable("They blocked us"),
    "unknown": Unknown("The line broke"),
}


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, bot=False, sink=Sink())
    yield made
    await close_world(made)


@pytest.fixture
async def unsent_of_each_kind(world: World) -> World:
    """One message for each fate, and one that went out."""

    def script(message: Outbound) -> Sent | None:
        if fate := FATES.get(message.text):
            raise fate
        return None

    world.sink.script = script
    for n, text in enumerate([*FATES, "sent"]):
        assert await world.post(sender=f"+8551200000{n}", text="Hello") == 200
        await world.settled()
        talk = await world.value("SELECT max(id) FROM inbox_conversation")
        await world.act(
            conversations.reply,
            talk,
            conversations.Reply(text=text, undo_seconds=0),
            viewer=SYSTEM,
            directory=world.runtime.directory,
        )
    settled = (
        "SELECT count(*) = 6 FROM inbox_outbox WHERE attempts = 1 AND state NOT IN ('waiting', 'sending')"
    )
    await until(lambda: world.value(settled))
    return world


async def states(world: World) -> dict[str, str]:
    rows = await world.fetch(
        "SELECT m.text, o.state FROM inbox_outbox o JOIN inbox_message m ON m.id = o.message_id"
    )
    return {row["text"]: row["state"] for row in rows}


async def test_the_list_tells_channel_state_and_reason(unsent_of_each_kind: World) -> None:
    world = unsent_of_each_kind
    async with world.pool.acquire() as conn:
        page = await unsent.listed(conn)
        counts = await unsent.counts(conn)
        first = await unsent.listed(conn, limit=2)
        rest = await unsent.listed(conn, limit=5, after=first.next)
    assert [(row.state, row.slug) for row in page.items] == [(state, "sink") for state in reversed(FATES)]
    assert {row.state: row.reason for row in page.items} == {
        state: str(error) for state, error in FATES.items()
    }
    assert {one.state: one.n for one in counts} == dict.fromkeys(FATES, 1)
    assert [*first.items, *rest.items] == page.items


async def test_all_again_tries_nothing_that_may_have_arrived(unsent_of_each_kind: World) -> None:
    world = unsent_of_each_kind
    world.sink.script = None
    async with world.pool.acquire() as conn, conn.transaction():
        changes = await unsent.all_again(conn, states=unsent.STATES)
    assert len(changes) == 3
    await world.runtime.publish(changes)
    await world.delivered()
    left = {text: state for text, state in (await states(world)).items() if state != "sent"}
    assert left == {"unreachable": "unreachable", "unknown": "unknown"}
    async with world.pool.acquire() as conn, conn.transaction():
        for id_ in [row.message_id for row in (await unsent.listed(conn)).items]:
            await unsent.again(conn, id_)
        with pytest.raises(NotFound):
            await unsent.again(conn, 10**9)
    await world.delivered()
    assert set((await states(world)).values()) == {"sent"}
    assert len(world.sink.sent) == 6


async def test_the_page_shows_it_to_ops_without_a_word_of_a_customer(unsent_of_each_kind: World) -> None:
    world = unsent_of_each_kind
    await world.fetch("UPDATE inbox_message SET text = 'a word of ours' WHERE text = 'refused'")
    async with open_site(world) as site:
        client = await site.client((await world.user("Olga", role="ops"))[0])
        async with client.get("/outbox") as answer:
            assert answer.status == 200
            page = texts(await answer.text())
        assert "No such template" in page
        assert "a word of ours" not in page
        assert "/conversations/" not in page
        world.sink.script = None
        message = await world.value("SELECT message_id FROM inbox_outbox WHERE state = 'unknown'")
        for path, fields in ((f"/outbox/{message}/retry", {}), ("/outbox/retries", {"channel": "sink"})):
            async with client.post(path, data={"csrf": CSRF, **fields}, allow_redirects=False) as answer:
                assert answer.status == 303
        await until(lambda: world.value("SELECT count(*) = 5 FROM inbox_outbox WHERE state = 'sent'"))
        manager = await site.client((await world.user("Mia", role="manager"))[0])
        async with manager.get("/outbox") as answer:
            assert answer.status in (403, 404)


async def test_the_api_and_the_metric_tell_it_too(unsent_of_each_kind: World) -> None:
    world = unsent_of_each_kind
    async with world.pool.acquire() as conn, conn.transaction():
        token = await tokens.create(conn, name="t", scopes=["outbox:write"])
    client = TestClient(TestServer(build_app(world.runtime)))
    await client.start_server()
    try:
        headers = {"Authorization": f"Bearer {token}"}
        async with client.get("/api/v1/outbox?state=refused", headers=headers) as answer:
            told = await answer.json()
        assert [item["reason"] for item in told["items"]] == ["No such template"]
        async with client.get("/metrics") as answer:
            text = await answer.text()
        assert 'hub_unsent{channel="sink",state="credentials"} 1.0' in text
        assert "hub_outbox 2.0" in text
        world.sink.script = None
        async with client.post("/api/v1/outbox/retry", json={"channel": "sink"}, headers=headers) as answer:
            assert (answer.status, await answer.json()) == (200, {"n": 3})
    finally:
        await client.close()


async def test_the_command_line_lists_and_retries(unsent_of_each_kind: World) -> None:
    world = unsent_of_each_kind
    settings = world.runtime.settings
    env = {
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_REDIS_URL": settings.redis_url,
        "HUB_SECRET_KEY": settings.secret_key,
    }

    async def cli(*words: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, hub, ["outbox", *words], env=env)

    rows = json.loads((await cli("list", "--json")).stdout)
    assert {row["state"] for row in rows} == set(FATES)
    assert "The line broke" in (await cli("list", "--state", "unknown")).stdout
    world.sink.script = None
    assert "3 messages will be tried again." in (await cli("retry", "--channel", "sink")).stdout
    await until(lambda: world.value("SELECT count(*) = 4 FROM inbox_outbox WHERE state = 'sent'"))
    assert (await cli("retry", "--all")).exit_code == 1
    assert (await cli("retry")).exit_code == 2
