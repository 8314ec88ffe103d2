"""The chat over HTTP: sessions, the live stream, files, presence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from connectors.webform.visitor import Visitor, issue
from crm_core.users import service as users
from crm_core.users.model import SYSTEM, Viewer
from inbox.actions import service as conversations
from inbox.changes import Change
from inbox.files import service as files
from tests.servers.site import Site
from tests.world import until


async def session(http: aiohttp.ClientSession, **fields: Any) -> dict[str, Any]:
    async with http.post("/chat/chat/session", json=fields) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def write(http: aiohttp.ClientSession, token: str, text: str, **fields: Any) -> int:
    async with http.post("/in/chat", json={"token": token, "text": text, "id": text, **fields}) as answer:
        return answer.status


class Stream:
    """A widget's ear."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def next(self, kind: str = "message") -> dict[str, Any]:
        """The next event of this kind."""
        event = ""
        async with asyncio.timeout(60):
            async for line in self._answer.content:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    event = value
                elif name == "data" and event == kind:
                    return json.loads(value)
        raise AssertionError("the stream ended")


@asynccontextmanager
async def listening(http: aiohttp.ClientSession, token: str, after: int = 0) -> AsyncGenerator[Stream]:
    async with http.get("/chat/chat/events", params={"token": token, "after": after}) as answer:
        assert answer.status == 200, await answer.text()
        yield Stream(answer)


async def test_both_ways_live_and_caught_up(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("chat", "sitechat")
    token = (await session(http))["token"]
    async with listening(http, token) as stream:
        assert await write(http, token, "one") == 200
        assert (await stream.next())["text"] == "one"
        [message] = await site.messages(1)
        await site.reply(message["conversation_id"], "two")
        heard = await stream.next()
        assert (heard["text"], heard["from"], heard["read"]) == ("two", "team", False)
    await site.reply(message["conversation_id"], "while away")
    async with listening(http, token, after=heard["id"]) as stream:
        assert (await stream.next())["text"] == "while away"


async def test_an_answer_held_back_is_not_lost_behind_a_newer_message(
    site: Site, http: aiohttp.ClientSession
) -> None:
    """The undo window gives the answer a lower id than what the visitor writes meanwhile."""
    await site.channel("chat", "sitechat")
    token = (await session(http))["token"]
    async with listening(http, token) as stream:
        await write(http, token, "one")
        await stream.next()
        [message] = await site.messages(1)
        await site.reply(message["conversation_id"], "held back", undo_seconds=1)
        await write(http, token, "two")
        texts = [(await stream.next())["text"], (await stream.next())["text"]]
    assert texts == ["two", "held back"]


async def test_what_was_taken_back_and_notes_are_never_seen(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("chat", "sitechat")
    token = (await session(http))["token"]
    await write(http, token, "one")
    [message] = await site.messages(1)
    talk = message["conversation_id"]
    await site.reply(talk, "oops", undo_seconds=60)
    async with site.runtime.pool.acquire() as conn, conn.transaction():
        oops = await conn.fetchval("SELECT id FROM inbox_message WHERE text = 'oops'")
        await conversations.cancel_delivery(conn, SYSTEM, oops)
        await conversations.note(conn, SYSTEM, talk, text="a secret note")
    await site.reply(talk, "proper")
    async with listening(http, token) as stream:
        assert [(await stream.next())["text"] for _ in range(2)] == ["one", "proper"]


async def test_a_repeat_changes_nothing_and_strangers_see_nothing(
    site: Site, http: aiohttp.ClientSession
) -> None:
    await site.channel("chat", "sitechat")
    mine, theirs = (await session(http))["token"], (await session(http))["token"]
    assert [await write(http, mine, "one") for _ in range(3)] == [200, 200, 200]
    assert await write(http, theirs, "one") == 200
    rows = await site.messages(2)
    assert len(rows) == 2
    assert len({row["conversation_id"] for row in rows}) == 2
    async with listening(http, theirs) as stream:
        assert (await stream.next())["text"] == "one"
        await write(http, mine, "for me alone")
        await write(http, theirs, "for them")
        assert (await stream.next())["text"] == "for them"


async def test_reading_and_typing(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("chat", "sitechat")
    token = (await session(http))["token"]
    heard: list[Change] = []

    async def hear(change: Change) -> None:
        heard.append(change)

    site.runtime.live.listen(hear)
    async with listening(http, token) as stream:
        await write(http, token, "one")
        await stream.next()
        [message] = await site.messages(1)
        talk = message["conversation_id"]
        await site.reply(talk, "two")
        ref = (await stream.next())["ref"]
        typing = Change(
            kind="presence", conversation_id=talk, data={"what": "typing", "user_id": 1, "name": "Dara Chan"}
        )
        await site.runtime.publish([typing])
        assert await stream.next("typing") == {"name": "Dara"}
        assert await write(http, token, "", kind="read", ids=ref) == 200
        assert (await stream.next())["read"] is True
    async with http.post("/chat/chat/presence", json={"token": token, "what": "typing"}) as answer:
        assert answer.status == 204

    async def typed() -> bool:
        return any(change.data.get("value") and change.data.get("what") == "typing" for change in heard)

    await until(typed)
    for fields, status in (({"what": "typing"}, 401), ({"token": token, "what": "evil"}, 422)):
        async with http.post("/chat/chat/presence", json=fields) as answer:
            assert answer.status == status


async def test_files_both_ways_by_signed_links(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("chat", "sitechat")
    token = (await session(http))["token"]
    form = aiohttp.FormData({"token": token, "id": "f"}, quote_fields=False)
    form.add_field("files", b"<script>alert(1)</script>", filename="../evil.html", content_type="text/html")
    async with http.post("/in/chat", data=form) as answer:
        assert answer.status == 200
    [message] = await site.messages(1)
    async with site.runtime.pool.acquire() as conn, conn.transaction():
        dara = await users.create(conn, email="dara@x.example", name="Dara Chan", role="manager")
        picture = await files.upload(
            conn, user_id=dara.id, name="map.png", mime="image/png", content=b"\x89PNG"
        )
    await site.reply(message["conversation_id"], "", attachment_ids=[picture], viewer=Viewer.of(dara))
    async with listening(http, token) as stream:
        [theirs] = (await stream.next())["files"]
        answered = await stream.next()
        assert answered["name"] == "Dara"
        [ours] = answered["files"]
    async with http.get(theirs["url"]) as answer:
        assert answer.status == 200
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert theirs["name"] == "evil.html"
    async with http.get(ours["url"]) as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", b"\x89PNG")
    for url in (
        ours["url"][:-2],
        ours["url"].replace(str(picture), theirs["url"].split("/")[4]),
        ours["url"].split("?")[0],
    ):
        async with http.get(url) as answer:
            assert answer.status == 404


async def test_an_old_or_foreign_token_hears_nothing(site: Site, http: aiohttp.ClientSession) -> None:
    await site.channel("chat", "sitechat")
    await site.channel("other", "sitechat")
    config = site.runtime.directory.by_slug("chat").config
    old = issue(config.secret, Visitor(id="a-1"), at=datetime.now(UTC) - timedelta(days=2))
    async with http.post("/chat/other/session", json={}) as answer:
        foreign = (await answer.json())["token"]
    for token in ("", "x.y", old, foreign):
        async with http.get("/chat/chat/events", params={"token": token}) as answer:
            assert answer.status == 401
