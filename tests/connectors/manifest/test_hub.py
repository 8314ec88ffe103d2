"""A whole hub with a manifest that pulls, leaves tickets, tells alarms and looks people up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio
from aiohttp import web

from hub import periodic
from hub.alarms import service as alarms
from hub.receivers.service import Receivers
from inbox.actions import replying
from inbox.channels import service as channels
from tests.connectors.manifest.samples import made
from tests.world import World, close_world, open_world, until

REST = """
handle_kind: sample
api:
  base: "{{ settings.base }}"
  headers: {X-Key: "{{ settings.key }}", Authorization: "Bearer {{ token }}"}
  token: {request: {url: /token, form: {secret: "{{ settings.key }}"}}, value: body.pass, lasts: body.lasts}
pull: {every: 1, request: {url: "/updates?after={{ cursor }}"}, start: "0", events: body.updates, cursor: body.next}
receive:
  split: "body.updates[]"
  cases:
    - if: event.trouble
      alarm: {text: event.trouble}
    - message: {id: event.id, sender: event.from, text: event.text, answer: {within: 3600, with: {token: event.reply}}}
send:
  - if: answered.token
    request: {url: /reply, json: {token: "{{ answered.token }}", text: "{{ text }}"}}
  - request: {url: /push, json: {to: "{{ to }}", text: "{{ text }}"}}
outcomes: {ok: "status == `200` && body.id", external_id: body.id}
profile: {request: {url: "/users/{{ who }}"}, name: body.name}
"""
HEAD = """id: sample
title: Sample
settings:
  key: {type: secret, label: Key}
  base: {default: "https://api.sample.example"}
"""


@dataclass
class Api:
    """A provider that is asked for news and keeps what it was told."""

    base: str = ""
    updates: list[dict[str, Any]] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    busy: int = 0
    tokens: int = 0

    async def token(self, request: web.Request) -> web.Response:
        self.tokens += 1
        return web.json_response({"pass": f"hush-hush-{self.tokens}", "lasts": 3600})

    async def news(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer hush-hush-{self.tokens}"
        after = int(request.query["after"])
        self.cursors.append(request.query["after"])
        return web.json_response({"updates": self.updates[after:], "next": len(self.updates)})

    async def message(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.sent.append((request.path, body))
        if self.busy:
            self.busy -= 1
            return web.json_response({}, status=503, headers={"Retry-After": "0"})
        return web.json_response({"id": f"out-{len(self.sent)}"})

    async def user(self, request: web.Request) -> web.Response:
        self.looked_up.append(request.match_info["who"])
        if self.busy:
            self.busy -= 1
            return web.json_response({}, status=503, headers={"Retry-After": "0"})
        return web.json_response({"name": "Ann Lee"})


@dataclass
class House:
    world: World
    api: Api

    async def comes(self, **update: Any) -> None:
        count = await self.world.value("SELECT count(*) FROM inbox_journal")
        self.api.updates.append({"id": f"m{len(self.api.updates)}", "from": "u1", "text": "Hello", **update})
        await until(lambda: self.world.value(f"SELECT count(*) > {count} FROM inbox_journal"))
        await self.world.settled()

    async def answers(self, text: str) -> None:
        talk = await self.world.value("SELECT max(id) FROM inbox_conversation")
        await self.world.act(
            replying.reply,
            talk,
            replying.Reply(text=text, undo_seconds=0),
            directory=self.world.runtime.directory,
        )
        await self.world.delivered()


@pytest_asyncio.fixture
async def house(db_url: str, redis_url: str) -> AsyncIterator[House]:
    api = Api()
    app = web.Application()
    app.router.add_post("/token", api.token)
    app.router.add_get("/updates", api.news)
    app.router.add_post("/reply", api.message)
    app.router.add_post("/push", api.message)
    app.router.add_get("/users/{who}", api.user)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    world = await open_world(db_url, redis_url, connectors=[made(REST, head=HEAD)])
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn, world.runtime.registry, world.runtime.cipher, slug="ours", name="Ours", connector="sample",
            settings={"key": "the-key-of-it", "base": api.base}, bot=False,
        )  # fmt: skip
    await world.runtime.refresh()
    receivers = Receivers(world.runtime)
    receivers.start()
    yield House(world, api)
    await receivers.stop()
    await world.balanced()
    await close_world(world)
    await runner.cleanup()


async def test_news_come_once_and_the_cursor_outlives_the_process(house: House) -> None:
    await house.comes(text="One")
    await house.comes(text="Two")
    kept = "SELECT data->>'value' FROM inbox_checkpoint"
    assert await house.world.value(kept) == "2"
    again = Receivers(house.world.runtime)
    again.start()
    house.api.cursors.clear()
    await until(lambda: _is_there(house.api.cursors))
    await again.stop()
    assert house.api.cursors[0] == "2"
    texts = await house.world.fetch("SELECT text FROM inbox_message ORDER BY id")
    assert [row["text"] for row in texts] == ["One", "Two"]
    assert house.api.tokens == 1
    assert await house.world.value("SELECT state FROM inbox_channel WHERE slug = 'ours'") == "connected"


async def _is_there(what: list[Any]) -> bool:
    return bool(what)


async def test_a_ticket_goes_to_one_answer_alone(house: House) -> None:
    await house.comes(reply="r-1")
    await house.answers("First")
    await house.answers("Second")
    await house.comes(reply="r-2")
    house.api.busy = (
        1  # whether the provider counted the failed try, nobody can tell: the next one goes the long way
    )
    await house.answers("Third")
    assert [(path, body.get("token"), body["text"]) for path, body in house.api.sent] == [
        ("/reply", "r-1", "First"), ("/push", None, "Second"), ("/reply", "r-2", "Third"), ("/push", None, "Third"),
    ]  # fmt: skip


async def test_a_ticket_that_is_over_is_not_given(house: House) -> None:
    await house.comes(reply="r-1")
    await house.world.pool.execute("UPDATE inbox_ticket SET until = now() - interval '1 second'")
    await house.answers("Late")
    assert [path for path, _ in house.api.sent] == ["/push"]


async def test_an_alarm_reaches_the_log_and_whoever_hears_of_alarms(house: House) -> None:
    for _ in range(2):
        await house.comes(trouble="They left 12 events out.")
    lines = await house.world.fetch("SELECT level, sentence FROM inbox_channel_log WHERE level = 'alarm'")
    assert [dict(line) for line in lines] == [{"level": "alarm", "sentence": "They left 12 events out."}]
    async with house.world.pool.acquire() as conn, conn.transaction():
        await alarms.look(conn)
        told = await alarms.current(conn)
    assert [(one.kind, one.subject) for one in told] == [("provider", "ours")]
    assert "12 events" in told[0].sentence


async def test_a_name_is_asked_once_and_softly(house: House) -> None:
    house.api.busy = 1
    await house.comes()
    await periodic.ask_profiles(house.world.runtime)
    assert await house.world.value("SELECT name FROM crm_contact") == ""
    await house.world.pool.execute("UPDATE inbox_profile SET ask_at = now()")
    await periodic.ask_profiles(house.world.runtime)
    assert await house.world.value("SELECT name FROM crm_contact") == "Ann Lee"
    await house.comes(text="Again")
    await periodic.ask_profiles(house.world.runtime)
    assert house.api.looked_up == ["u1", "u1"]


async def test_who_shows_nothing_is_joined_with_nobody(house: House) -> None:
    for who in ("anonymous", "Anonymous", "null", "withheld"):
        await house.comes(**{"from": who}, text=f"from {who}")
    assert await house.world.value("SELECT count(*) FROM inbox_conversation") == 4
    assert await house.world.value("SELECT count(*) FROM crm_contact WHERE merged_into IS NULL") == 4
    await house.comes(**{"from": "u1"}, text="I am somebody")
    await house.comes(**{"from": "u1"}, text="me again")
    assert await house.world.value("SELECT count(*) FROM inbox_conversation") == 5


async def test_no_token_stands_in_the_log_of_requests(house: House) -> None:
    await house.comes()
    await asyncio.wait_for(house.world.runtime.exchanges.flush(), 30)
    rows = await house.world.fetch("SELECT request || sent || answer || reason AS said FROM inbox_exchange")
    assert rows
    assert "hush-hush" not in " ".join(row["said"] for row in rows)
