"""A whole hub with Messenger, Instagram, Viber and VK: what people write comes in with their name, what we answer arrives."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from connectors.contract import Profiling, Setup
from connectors.registry import BUNDLED, from_folder
from hub import file_links, gateway, periodic
from hub.public import outgoing_files
from hub.runtime import RUNTIME
from inbox.actions import replying
from inbox.channels import service as channels
from inbox.files import service as files
from tests.servers.meta import Instagram, Meta
from tests.servers.provider import PNG, Provider, serving
from tests.servers.viber import Viber
from tests.servers.vk import Vk
from tests.world import World, close_world, open_world, until

AT = 1767603600
KINDS: dict[str, type[Provider]] = {"messenger": Meta, "instagram": Instagram, "viber": Viber, "vk": Vk}


def written(name: str, n: int, who: str, text: str = "", picture: str = "") -> dict[str, Any]:
    """An event of a message, as each provider tells it."""
    if name in ("messenger", "instagram"):
        attachments = {"attachments": [{"type": "image", "payload": {"url": picture}}]} if picture else {}
        message = {"mid": f"m{n}", **({"text": text} if text else {}), **attachments}
        return {
            "sender": {"id": who},
            "recipient": {"id": "77"},
            "timestamp": AT * 1000 + n,
            "message": message,
        }
    if name == "viber":
        body = (
            {"type": "picture", "text": text, "media": picture} if picture else {"type": "text", "text": text}
        )
        sender = {"id": who, "name": "Ann Lee", "language": "en"}
        return {
            "event": "message",
            "timestamp": AT * 1000 + n,
            "message_token": 900 + n,
            "sender": sender,
            "message": body,
        }
    sizes = [{"type": "x", "url": picture, "width": 10, "height": 10}]
    attachments = [{"type": "photo", "photo": {"sizes": sizes}}] if picture else []
    message = {
        "date": AT + n, "from_id": int(who), "peer_id": int(who), "id": 0, "conversation_message_id": n, "text": text,
        "attachments": attachments,
    }  # fmt: skip
    return {"type": "message_new", "object": {"message": message}}


def left(name: str, who: str) -> dict[str, Any]:
    if name == "viber":
        return {"event": "unsubscribed", "timestamp": AT * 1000, "user_id": who, "message_token": 5}
    return {"type": "message_deny", "object": {"user_id": int(who)}}


@dataclass
class House:
    """A hub with one channel of a provider, reachable at its public address."""

    name: str
    world: World
    provider: Provider

    async def writes(self, n: int, who: str, text: str = "", **more: Any) -> None:
        status, said = await self.provider.call(written(self.name, n, who, text, **more))
        assert (status, said) == (200, "ok")
        await self.world.settled()

    async def answers(self, text: str, *names: tuple[str, str, bytes]) -> None:
        talk = await self.world.value("SELECT max(id) FROM inbox_conversation")
        async with self.world.pool.acquire() as conn:  # each by itself, as a page uploads them
            ids = [
                await files.upload(conn, user_id=None, name=name, mime=mime, content=content)
                for name, mime, content in names
            ]
        await self.world.act(
            replying.reply,
            talk,
            replying.Reply(text=text, attachment_ids=ids),
            directory=self.world.runtime.directory,
        )
        await self.world.delivered()

    async def last(self) -> tuple[str, str]:
        query = "SELECT delivery, delivery_reason FROM inbox_message WHERE direction = 'out' ORDER BY id DESC LIMIT 1"
        [row] = await self.world.fetch(query)
        return row["delivery"], row["delivery_reason"]


@pytest_asyncio.fixture(params=list(KINDS))
async def house(request: pytest.FixtureRequest, db_url: str, redis_url: str) -> AsyncIterator[House]:
    name: str = request.param
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with serving(KINDS[name]()) as provider:
        provider.people |= {"5001": "Ann Lee"}
        connector = from_folder(BUNDLED / name)
        world = await open_world(
            db_url, redis_url, connectors=[connector], public_url=f"http://127.0.0.1:{port}"
        )
        async with world.pool.acquire() as conn, conn.transaction():
            await channels.create(
                conn, world.runtime.registry, world.runtime.cipher, slug="ours", name="Ours", connector=name,
                settings=provider.settings, bot=False,  # type: ignore[attr-defined] - each has them
            )  # fmt: skip
        await world.runtime.refresh()
        app = web.Application()
        app[RUNTIME] = world.runtime
        gateway.add_routes(app)
        app.router.add_get("/files/{id}/{until}/{key}/{name:.*}", outgoing_files.serve)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        provider.door = f"http://127.0.0.1:{port}/in/ours"
        yield House(name, world, provider)
        await world.balanced()
        await runner.cleanup()
        await close_world(world)


async def test_text_both_ways_under_the_writers_name(house: House) -> None:
    await house.writes(1, "5001", "Is it there?")
    await house.writes(1, "5001", "Is it there?")  # providers repeat what they are not sure of
    assert await house.world.value("SELECT count(*) FROM inbox_message WHERE direction = 'in'") == 1
    await periodic.ask_profiles(house.world.runtime)
    assert await house.world.value("SELECT name FROM crm_contact") == "Ann Lee"
    if isinstance(from_folder(BUNDLED / house.name), Profiling):
        assert (
            await house.world.value(
                "SELECT content FROM inbox_profile p JOIN inbox_blob b ON b.sha256 = p.picture"
            )
            == PNG
        )
    await house.answers("Yes, it is.")
    assert house.provider.said == [("5001", "Yes, it is.")]
    assert (await house.last())[0] == "sent"


async def test_files_both_ways(house: House) -> None:
    await house.writes(1, "5001", picture=f"{house.provider.base}/picture/1")
    await periodic.fetch_files(house.world.runtime)
    assert (
        await house.world.value("SELECT b.content FROM inbox_attachment a JOIN inbox_blob b USING (sha256)")
        == PNG
    )
    await house.answers(
        "Two files", ("shed.png", "image/png", PNG), ("price list.pdf", "application/pdf", b"%PDF-1")
    )
    assert house.provider.said == [("5001", "Two files")]
    assert [content for _, _, content in house.provider.shown] == [PNG, b"%PDF-1"]
    assert (await house.last())[0] == "sent"


async def test_who_left_is_told(house: House) -> None:
    await house.writes(1, "5001", "Hello")
    house.provider.gone.add("5001")
    await house.answers("Are you there?")
    assert (await house.last())[0] == "failed"
    if house.name in ("viber", "vk"):
        await house.provider.call(left(house.name, "5001"))
        await house.world.settled()
        line = "SELECT text FROM inbox_message WHERE direction = 'event' AND text LIKE '%blocked%'"
        assert "blocked the bot" in await house.world.value(line)


async def test_a_dead_token_is_told_and_what_waits_goes_out_with_a_new_one(house: House) -> None:
    await house.writes(1, "5001", "Hello")
    house.provider.dead = True
    await house.answers("First")
    state = "SELECT state FROM inbox_channel WHERE slug = 'ours'"
    assert await house.world.value(state) == "needs_credentials"
    assert house.provider.token not in await house.world.value(
        "SELECT sentence FROM inbox_channel WHERE slug = 'ours'"
    )
    house.provider.dead, house.provider.token = False, "a-new-token-of-the-provider"
    async with house.world.pool.acquire() as conn, conn.transaction():
        runtime = house.world.runtime
        given = house.provider.settings  # type: ignore[attr-defined] - each has them
        await channels.update(conn, runtime.registry, runtime.cipher, "ours", settings=given)
    await house.world.runtime.refresh()
    await until(lambda: _said(house))
    assert house.provider.said == [("5001", "First")]


async def _said(house: House) -> bool:
    return bool(house.provider.said)


async def test_a_stranger_is_refused(house: House) -> None:
    status, _ = await house.provider.call(written(house.name, 1, "5001", "Hello"), secret="not the secret")
    assert status == 401
    assert await house.world.value("SELECT count(*) FROM inbox_journal") == 0


async def test_the_probe_says_that_it_works(house: House) -> None:
    live = house.world.runtime.directory.by_slug("ours")
    assert live is not None
    context = house.world.runtime.context_of(live)
    if not isinstance(live.connector, Setup):
        assert (await live.connector.probe(context)).state == "connected"
        return
    house.provider.door = ""
    assert "calls no door" in (await live.connector.probe(context)).sentence
    health = await live.connector.connect(context)
    assert (health.state, house.provider.answers) == ("connected", [(200, "ok")])
    assert "calls this channel's door" in (await live.connector.probe(context)).sentence
    await live.connector.disconnect(context)
    assert house.provider.door == ""


async def test_a_new_channel_registers_itself(house: House) -> None:
    live = house.world.runtime.directory.by_slug("ours")
    assert live is not None
    house.provider.door = "" if isinstance(live.connector, Setup) else house.provider.door
    await periodic.probe_channels(house.world.runtime)
    assert await house.world.value("SELECT state FROM inbox_channel WHERE slug = 'ours'") == "connected"
    assert house.provider.door.endswith("/in/ours")


async def test_links_of_files_are_good_for_nothing_else(house: House) -> None:
    await house.writes(1, "5001", "Hello")
    await house.answers("A file", ("page.html", "text/html", b"<script>"), ("shed.png", "image/png", PNG))
    id_ = await house.world.value("SELECT id FROM inbox_attachment WHERE name = 'shed.png'")
    hub = house.world.runtime
    good = file_links.address(hub.settings.public_url, hub.cipher, id_, "shed.png")
    assert await house.provider.fetched(good) == PNG
    other = await house.world.value("SELECT id FROM inbox_attachment WHERE name = 'page.html'")
    for bad in (
        good.replace(id_.hex, other.hex), good.replace("/files/", "/files/x"), good.replace("shed.png", "").rstrip("/")[:-1],
        good.replace(good.split("/")[5], "9999999999"), good.replace(good.split("/")[5], "1"),
    ):  # fmt: skip
        with pytest.raises(AssertionError):
            await house.provider.fetched(bad)
