"""The log of what channels ask their providers: every try of a message, in batches, bounded, and nobody waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.contract import Context, Exchange, Outbound, Sent, TryAgain
from inbox import flushing
from inbox.actions import service
from inbox.channels import service as channels
from inbox.exchanges import store
from inbox.exchanges.service import HEAVIEST, MOST_KEPT, MOST_WAITING, Exchanges
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world, until

TOKEN = "sesame-4711-open"


@dataclass
class Provider:
    """Answers with what is scripted, in order; 200 afterwards."""

    statuses: list[int] = field(default_factory=list[int])
    asked: list[str] = field(default_factory=list[str])

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((await request.read()).decode())
        status = self.statuses.pop(0) if self.statuses else 200
        return web.json_response({"error": "later"} if status >= 400 else {"id": "out"}, status=status)


class Poster(Sink):
    """Sends by HTTP, its token in the address."""

    base = ""

    async def send(self, message: Outbound, context: Context) -> Sent:
        url = f"{self.base}/bot{context.channel.settings['token']}/send"
        reply = await context.http.request("POST", url, json={"text": message.text, "key": TOKEN})
        if reply.status >= 500:
            raise TryAgain(f"It answered {reply.status}.", after=0.05)
        return await super().send(message, context)


@pytest.fixture
async def provider() -> AsyncIterator[tuple[Provider, str]]:
    made = Provider()
    server = TestServer(web.Application())
    server.app.router.add_route("*", "/{rest:.*}", made.answer)
    await server.start_server()
    yield made, str(server.make_url("")).rstrip("/")
    await server.close()


@pytest.fixture
async def world(db_url: str, redis_url: str, provider: tuple[Provider, str]) -> AsyncIterator[World]:
    sink = Poster()
    sink.base = provider[1]
    made = await open_world(db_url, redis_url, sink=sink, bot=False)
    async with made.pool.acquire() as conn, conn.transaction():
        await channels.update(
            conn, made.runtime.registry, made.runtime.cipher, "sink", settings={"token": TOKEN}
        )
    await made.runtime.refresh()
    yield made
    await close_world(made)


async def kept(world: World, message_id: int | None = None) -> list[store.Kept]:
    await world.runtime.exchanges.flush()
    async with world.pool.acquire() as conn:
        row = await channels.get(conn, "sink")
        return (await store.listed(conn, row.id, message_id=message_id, limit=200)).items


async def write(world: World, text: str = "Yes, it is.") -> int:
    assert await world.post(sender="+12025550111", text="hi", headers={"X-Token": TOKEN}) == 200
    await world.settled()
    talk = await world.value("SELECT max(id) FROM inbox_conversation")
    await world.act(
        service.reply, talk, service.Reply(text=text, undo_seconds=0), directory=world.runtime.directory
    )
    world.runtime.deliverer.wake()
    return await world.value("SELECT max(id) FROM inbox_message WHERE direction = 'out'")


async def test_every_try_of_a_message_is_told_with_both_bodies_and_no_secret(
    world: World, provider: tuple[Provider, str]
) -> None:
    provider[0].statuses += [503, 503]
    message = await write(world)
    await world.delivered()
    rows = await kept(world, message)
    assert [row.status for row in rows] == [200, 503, 503]
    assert [row.is_fine for row in rows] == [True, False, False]
    assert rows[0].request == f"POST {provider[1]}/bot***/send"
    assert rows[0].sent == '{"text":"Yes, it is.","key":"***"}'
    assert rows[0].answer == '{"id": "out"}'
    assert TOKEN in provider[0].asked[0]
    assert (
        await world.value(
            "SELECT count(*) FROM inbox_exchange WHERE sent || answer || request LIKE $1", f"%{TOKEN}%"
        )
        == 0
    )
    async with world.pool.acquire() as conn:
        assert await store.channel_of(conn, message) == "sink"
        row = await channels.get(conn, "sink")
        assert await store.counts(conn, row.id) == (3, 2)


async def test_a_line_that_breaks_is_told_with_its_reason(world: World) -> None:
    sink = world.sink
    assert isinstance(sink, Poster)
    sink.base = "http://127.0.0.1:9"
    message = await write(world)
    rows = await until(lambda: kept(world, message))
    assert rows[0].status is None
    assert not rows[0].is_fine
    assert "cannot be reached" in rows[0].reason


async def test_repeated_reads_are_one_row_with_a_count(world: World) -> None:
    log, poll = (
        world.runtime.exchanges,
        Exchange(protocol="http", request="GET /updates", status=200, answer=b"[]"),
    )
    for _ in range(3):
        log.note(1, (), poll)
    assert [row.n for row in await kept(world)] == [3]
    log.note(1, (), poll)
    (row,) = await kept(world)
    assert row.n == 4
    assert row.last_at > row.at


async def test_a_channel_keeps_so_many_and_failures_are_not_pushed_out_by_successes(world: World) -> None:
    log = Exchanges(world.pool, keep=timedelta(days=1))
    log.note(1, (), Exchange(protocol="http", request="GET /broken", status=500))
    await log.flush()
    for n in range(MOST_KEPT + 20):
        log.note(1, (), Exchange(protocol="http", request=f"GET /{n}", status=200))
    log._trimmed_at = None  # pyright: ignore[reportPrivateUsage]
    await log.flush()
    left = {row["request"] for row in await world.fetch("SELECT request FROM inbox_exchange")}
    assert len(left) == MOST_KEPT + 1
    assert {"GET /broken", f"GET /{MOST_KEPT + 19}"} <= left
    assert "GET /0" not in left
    async with world.pool.acquire() as conn:
        await conn.execute("UPDATE inbox_exchange SET last_at = now() - interval '25 hours'")
        await store.sweep(conn, keep=timedelta(days=1))
    assert not await world.value("SELECT count(*) FROM inbox_exchange")


async def test_pages_of_it_hold_each_row_once(world: World) -> None:
    for n in range(7):
        world.runtime.exchanges.note(1, (), Exchange(protocol="http", request=f"GET /{n}", status=200))
    await world.runtime.exchanges.flush()
    seen: list[int] = []
    after: str | None = None
    async with world.pool.acquire() as conn:
        while True:
            page = await store.listed(conn, 1, after=after, limit=3)
            seen += [row.id for row in page.items]
            after = page.next
            if after is None:
                break
    assert len(seen) == len(set(seen)) == 7


async def test_a_full_queue_drops_and_counts_and_a_database_that_is_away_holds_nobody(world: World) -> None:
    log = Exchanges(world.pool, keep=timedelta(days=1))
    for n in range(MOST_WAITING + 5):
        log.note(1, (), Exchange(protocol="http", request=f"GET /{n}", status=200))
    assert log.dropped == 5
    await log.stop()
    assert await world.value("SELECT count(*) FROM inbox_exchange") <= MOST_WAITING
    off = Exchanges(world.pool, keep=timedelta(0))
    off.note(1, (), Exchange(protocol="http", request="GET /", status=200))
    await off.flush()
    assert not await world.value("SELECT count(*) FROM inbox_exchange WHERE request = 'GET /'")


async def test_what_waits_holds_no_files(world: World) -> None:
    log, file = Exchanges(world.pool, keep=timedelta(days=1)), b"\0" * 5_000_000
    form = aiohttp.FormData()
    form.add_field("file", file, filename="f")
    for sent in (file, {"caption": "see", "data": file}, form):
        log.note(1, (), Exchange(protocol="http", request="POST /", sent=sent, answer=file, status=200))
    waiting = [one.exchange for one in log._waiting]  # pyright: ignore[reportPrivateUsage]
    assert max(len(one.answer) for one in waiting) <= HEAVIEST
    assert len(waiting[0].sent) <= HEAVIEST
    assert waiting[1].sent["caption"] == "see"
    assert len(waiting[1].sent["data"]) <= HEAVIEST
    await log.stop()
    rows = await world.fetch("SELECT sent, answer FROM inbox_exchange ORDER BY id")
    assert {row["answer"] for row in rows} == {"(65,536 bytes or more)"}
    assert "(FormData: a form with a file)" in {row["sent"] for row in rows}


async def test_it_is_written_without_being_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flushing, "FLUSH_AFTER", 0.05)
    world.runtime.exchanges.note(1, (), Exchange(protocol="smtp", request="MAIL", status=250))
    await until(lambda: world.value("SELECT count(*) = 1 FROM inbox_exchange"))
