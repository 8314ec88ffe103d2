"""A whole hub listening to an Asterisk: what it hears is stored, folded and shown once, also over restarts."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.asterisk.connector import Asterisk
from connectors.asterisk.receiver import Pace
from hub.receivers.service import Receivers
from inbox.channels import service as channels
from tests.connectors.asterisk.exchange import AGENT, TRUNK, Exchange
from tests.connectors.asterisk.stories import STORIES, among_ourselves, answered, given_up_in_queue
from tests.servers.asterisk import SECRET, USER, AmiServer
from tests.world import World, close_world, open_world, until


@contextlib.asynccontextmanager
async def hub(db_url: str, redis_url: str, server: AmiServer) -> AsyncIterator[World]:
    connector = Asterisk(pace=Pace(quiet=5, first=0.02, longest=0.1, step=2))
    world = await open_world(db_url, redis_url, connectors=[connector])
    receivers = Receivers(world.runtime)
    try:
        settings: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "user": USER, "secret": SECRET}
        if not await world.value("SELECT EXISTS (SELECT 1 FROM inbox_channel WHERE slug = 'pbx')"):
            async with world.pool.acquire() as conn, conn.transaction():
                await channels.create(
                    conn,
                    world.runtime.registry,
                    world.runtime.cipher,
                    slug="pbx",
                    name="PBX",
                    connector="asterisk",
                    settings=settings,
                    region="US",
                )
        await world.runtime.refresh()
        receivers.start()
        await until(lambda: _is_heard(server))
        yield world
        await world.settled()
        await world.balanced()
    finally:
        await receivers.stop()
        await close_world(world)


async def _is_heard(server: AmiServer) -> bool:
    return server.listeners == 1 and server.lists > 0


async def _calls(world: World) -> list[tuple[str, str]]:
    await world.settled()
    return [
        (row["state"], row["outcome"])
        for row in await world.fetch("SELECT state, outcome FROM inbox_call ORDER BY id")
    ]


async def _ended(world: World, outcome: str) -> bool:
    return await _calls(world) == [("ended", outcome)]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_a_story_in_the_hub(story: Any, db_url: str, redis_url: str, server: AmiServer) -> None:
    exchange = Exchange()
    story(exchange)
    async with hub(db_url, redis_url, server) as world:
        await server.play(exchange.events)
        await until(lambda: _ended(world, STORIES[story][0]))
        tasks = await world.value("SELECT count(*) FROM crm_task WHERE kind = 'call_back'")
        assert tasks == int(STORIES[story][1])


async def test_everything_told_again_changes_nothing(db_url: str, redis_url: str, server: AmiServer) -> None:
    exchange = Exchange()
    answered(exchange)
    async with hub(db_url, redis_url, server) as world:
        await server.play(exchange.events)
        await until(lambda: _ended(world, "answered"))
        stored = await world.value("SELECT count(*) FROM inbox_journal")
        await server.play(exchange.events)
        other = Exchange(now=exchange.now + 5)
        among_ourselves(other)
        await server.play(other.events)
        await until(lambda: _grown(world, stored))
        assert await _calls(world) == [("ended", "answered")]


async def _grown(world: World, stored: int) -> bool:
    return await world.value("SELECT count(*) FROM inbox_journal") > stored


async def test_a_hub_that_was_off_makes_up_for_it(db_url: str, redis_url: str, server: AmiServer) -> None:
    exchange = Exchange()
    exchange.rings_in()
    exchange.rings(AGENT)
    async with hub(db_url, redis_url, server) as world:
        await server.play(exchange.events)
        await until(lambda: _is(world, [("ringing", "")]))
    exchange.takes(AGENT)
    server.channels, server.lists = exchange.listed(), 0
    async with hub(db_url, redis_url, server) as world:
        await until(lambda: _is(world, [("answered", "")]))
    server.channels, server.lists = [], 0
    async with hub(db_url, redis_url, server) as world:
        await until(lambda: _ended(world, "answered"))
    missed = Exchange(now=exchange.now + 60)
    missed.numbers = exchange.numbers
    given_up_in_queue(missed)
    async with hub(db_url, redis_url, server) as world:
        await server.play(missed.events)
        await until(lambda: _is(world, [("ended", "answered"), ("ended", "missed")]))
    assert TRUNK not in missed.lines


async def _is(world: World, wanted: list[tuple[str, str]]) -> bool:
    return await _calls(world) == wanted
