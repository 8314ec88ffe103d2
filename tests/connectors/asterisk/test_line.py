"""The line to a real server: streams cut anywhere and resumed, a database that is away, probing, calls at a click."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from connectors.asterisk.connector import Asterisk
from connectors.asterisk.receiver import Pace
from connectors.contract import (
    CallStep,
    CredentialsDead,
    State,
)
from inbox.calls.fold import Call, fold
from tests.connectors.asterisk.exchange import AGENT, T0, TRUNK, Exchange
from tests.connectors.asterisk.stories import (
    STORIES,
    answered,
    attended_transfer,
    dialled_out,
    given_up_in_queue,
)
from tests.connectors.telegram.conftest import Journal, until
from tests.servers.asterisk import AmiServer, wire

connector = Asterisk(pace=Pace(quiet=0.3, first=0.02, longest=0.1, step=1.0))
patient = Asterisk(pace=Pace(quiet=60.0, first=0.02, longest=0.1, step=20.0))
"""For stories with many lines: a busy machine's silence is no lost line."""


@asynccontextmanager
async def running(journal: Journal, *, by: Asterisk = connector) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(by.run(journal))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, CredentialsDead):
            await task


def calls(journal: Journal) -> list[Call]:
    found: dict[str, list[CallStep]] = {}
    for raw in journal.inputs:
        for event in connector.parse(raw, journal.channel):
            if isinstance(event, CallStep):
                found.setdefault(event.call_id, []).append(event)
    return [fold(steps) for steps in found.values()]


def told(story: Callable[[Exchange], None], *, begins: int = T0) -> Exchange:
    exchange = Exchange(now=begins, begins=begins)
    story(exchange)
    return exchange


def up_to(story: Callable[[Exchange], None], cut: int, *, begins: int) -> Exchange:
    """The exchange after so many events: which channels there are then, and in which bridges."""

    class Stop(Exception): ...

    class Short(Exchange):
        def write(self, event: str, **fields: str) -> None:
            if len(self.events) == cut:
                raise Stop
            super().write(event, **fields)

    exchange = Short(now=begins, begins=begins)
    with contextlib.suppress(Stop):
        story(exchange)
    return exchange


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_a_story_over_the_line(
    story: Callable[[Exchange], None], server: AmiServer, journal: Journal
) -> None:
    async with running(journal):
        await until(lambda: server.listeners == 1)
        await server.play(told(story).events)
        await until(lambda: [call.state for call in calls(journal)] == ["ended"])
    assert calls(journal)[0].outcome == STORIES[story][0]
    assert journal.marks["calls"]["calls"] == {}


@pytest.mark.parametrize("story", [answered, attended_transfer, given_up_in_queue, dialled_out])
async def test_cut_anywhere_and_resumed(
    story: Callable[[Exchange], None], server: AmiServer, journal: Journal
) -> None:
    """At every event: the line breaks in its middle, some seconds are lost, and the call still ends once, told rightly.

    What happens while the line is away is one event; only an answer that also ended within the gap cannot be known.
    """
    async with running(journal, by=patient):
        for cut in range(1, len(told(story).events)):
            begins = T0 + 1000 * cut
            whole = told(story, begins=begins).events
            journal.inputs.clear()
            await until(lambda: server.listeners == 1)
            server.channels = up_to(story, cut + 1, begins=begins).listed()
            size = sum(len(wire(event)) for event in whole[:cut])
            lists = server.lists
            await server.play(whole, cut=size + len(wire(whole[cut])) // 2)
            await until(lambda before=lists: server.lists > before)
            server.channels = []
            await server.play(whole[cut + 1 :])
            if not any(line["Event"] == "Hangup" and line["Channel"] == TRUNK for line in whole[cut + 1 :]):
                await server.hang_up()
            await until(lambda: bool(calls(journal)) and all(c.state == "ended" for c in calls(journal)))
            found = calls(journal)
            assert len(found) == 1, cut
            assert found[0].outcome == STORIES[story][0], (cut, whole[cut])


async def test_a_call_that_began_and_was_taken_while_the_line_was_away(
    server: AmiServer, journal: Journal
) -> None:
    exchange = Exchange()
    exchange.rings_in()
    exchange.rings(AGENT)
    exchange.takes(AGENT)
    server.channels = exchange.listed()
    async with running(journal):
        await until(lambda: [call.state for call in calls(journal)] == ["answered"])
        assert journal.notes
        await until(lambda: server.listeners == 1)
        exchange.events.clear()
        exchange.hangs_up(AGENT)
        exchange.hangs_up(TRUNK)
        await server.play(exchange.events)
        await until(lambda: [call.state for call in calls(journal)] == ["ended"])
    assert (calls(journal)[0].outcome, calls(journal)[0].users) == ("answered", ("11",))


async def test_a_call_that_ended_while_the_hub_was_off(server: AmiServer, journal: Journal) -> None:
    exchange = Exchange()
    exchange.rings_in()
    exchange.rings(AGENT)
    async with running(journal):
        await until(lambda: server.listeners == 1)
        await server.play(exchange.events)
        await until(lambda: len(calls(journal)) == 1)
    async with running(journal):
        await until(lambda: calls(journal)[0].state == "ended")
    assert calls(journal)[0].is_missed


async def test_nothing_is_lost_while_the_database_is_away(server: AmiServer, journal: Journal) -> None:
    async with running(journal):
        await until(lambda: server.listeners == 1)
        journal.broken = 4
        await server.play(told(answered).events)
        await until(lambda: [call.state for call in calls(journal)] == ["ended"])
    assert server.logins == 1
    assert calls(journal)[0].duration == 60


async def test_told_twice_is_stored_once(server: AmiServer, journal: Journal) -> None:
    events = told(answered).events
    async with running(journal):
        await until(lambda: server.listeners == 1)
        await server.play(events)
        await until(lambda: [call.state for call in calls(journal)] == ["ended"])
        before = calls(journal)
        await server.play(events)
        await server.play(told(given_up_in_queue).events[-1:])
        await asyncio.sleep(0.1)
    assert calls(journal) == before


async def test_a_silent_line_is_asked_and_then_given_up(server: AmiServer, journal: Journal) -> None:
    async with running(journal):
        await until(lambda: any(action["Action"] == "Ping" for action in server.actions))
        assert server.logins == 1
        server.mute.add("Ping")
        await until(lambda: server.logins == 2)
    assert State.TRANSIENT in {health.state for health in journal.health}


@pytest.mark.parametrize(
    "noise",
    [b"\x00\xff\xfe: \xff\r\n\r\n", b"no colon at all\r\n\r\n", b"Event\r\n\r\n", b"Event: Hangup\r\n\r\n", b"\r\n\r\n"],
)  # fmt: skip
async def test_nonsense_on_the_line_stops_nothing(noise: bytes, server: AmiServer, journal: Journal) -> None:
    async with running(journal):
        await until(lambda: server.listeners == 1)
        for writer in server._listening:
            writer.write(noise)
        await server.play(told(answered).events)
        await until(lambda: [call.state for call in calls(journal)] == ["ended"])


async def test_an_endless_header_breaks_the_line_and_no_more(server: AmiServer, journal: Journal) -> None:
    async with running(journal):
        await until(lambda: server.listeners == 1)
        for writer in list(server._listening):
            writer.write(b"Event: " + b"x" * 600_000)
        await until(lambda: server.logins == 2)
        await until(lambda: server.listeners == 1)
        await server.play(told(answered).events)
        await until(lambda: [call.state for call in calls(journal)] == ["ended"])


async def test_a_wrong_secret_ends_the_listening_with_a_reason(journal: Journal) -> None:
    journal.channel = replace(journal.channel, settings={**journal.channel.settings, "secret": "wrong"})
    with pytest.raises(CredentialsDead, match="user, secret or our address"):
        await connector.run(journal)


async def test_a_stored_place_that_cannot_be_read_is_let_go(server: AmiServer, journal: Journal) -> None:
    journal.marks["calls"] = {"calls": {"x": 7}, "at": "never"}
    async with running(journal):
        await until(lambda: server.listeners == 1)
        await server.play(told(answered).events)
        await until(lambda: [call.state for call in calls(journal)] == ["ended"])
