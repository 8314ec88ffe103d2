"""The line to a real server: streams cut anywhere and resumed, a database that is away, probing, calls at a click."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from connectors.asterisk.connector import Asterisk
from connectors.asterisk.receiver import Pace
from connectors.contract import (
    CallStep,
    Context,
    CredentialsDead,
    Dial,
    Refused,
    SendError,
    State,
    TryAgain,
    Unknown,
)
from inbox.calls.fold import Call, fold
from tests.connectors.asterisk.stories import (
    AGENT,
    STORIES,
    T0,
    TRUNK,
    Exchange,
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
DIAL = Dial(dial_id="6f1e4d3c-0000-4000-8000-000000000001", to="+12025550123", extension="11")


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


# ---------------------------------------------------------------- probing


@pytest.mark.parametrize(
    ("change", "settings", "state", "words"),
    [
        ({}, {}, State.CONNECTED, "lets us in"),
        ({}, {"secret": "wrong"}, State.NEEDS_CREDENTIALS, "does not let us in"),
        ({}, {"host": ""}, State.UNCONFIGURED, "missing"),
        ({}, {"port": "many"}, State.UNCONFIGURED, "missing"),
        ({}, {"port": 9}, State.TRANSIENT, "Nobody listens"),
        ({}, {"tls": True}, State.TRANSIENT, "TLS"),
        ({}, {"host": "no-such-host.invalid"}, State.TRANSIENT, "cannot be reached"),
        ({"greeting": b"220 mail.example ESMTP\r\n"}, {}, State.TRANSIENT, "not Asterisk's"),
        ({"forbidden": {"CoreShowChannels"}}, {}, State.TRANSIENT, "does not permit"),
        ({"hang_up_at": {"Login"}}, {}, State.TRANSIENT, "closed the line"),
        ({"hang_up_at": {"CoreShowChannels"}}, {}, State.TRANSIENT, "broke off"),
        ({"mute": {"Challenge"}}, {}, State.TRANSIENT, "closed the line"),
    ],
)
async def test_the_probe_says_what_is_wrong(
    change: dict[str, Any], settings: dict[str, Any], state: State, words: str, server: AmiServer, context: Context
) -> None:  # fmt: skip
    for name, value in change.items():
        setattr(server, name, value)
    given = replace(context.channel, settings={**context.channel.settings, **settings})
    health = await connector.probe(replace(context, channel=given))
    assert (health.state, words in health.sentence) == (state, True), health
    assert (health.state is State.CONNECTED) or health.remedy or "broke off" in health.sentence


ENDPOINTS: dict[str, dict[str, list[Mapping[str, str]]]] = {
    "numbers of accounts": {"PJSIPShowEndpoints": [{"ObjectName": "2070010021", "Auths": "a"}]},
    "names that sign in": {"PJSIPShowEndpoints": [{"ObjectName": "anna", "Auths": "anna-auth"}]},
    "names of chan_sip": {"SIPpeers": [{"ObjectName": "reception", "Dynamic": "yes"}]},
    "a channel that talks": {"CoreShowChannels": [{"Channel": "SIP/2070010021-00000001"}]},
}


@pytest.mark.parametrize("case", ENDPOINTS)
async def test_the_probe_says_when_the_lines_outside_must_be_named(
    case: str, server: AmiServer, context: Context
) -> None:
    for name, listed in ENDPOINTS[case].items():
        if name == "CoreShowChannels":
            server.channels = listed
        else:
            server.endpoints[name] = listed
    health = await connector.probe(context)
    assert health.state is State.CONNECTED
    assert "may be telephones" in health.sentence
    assert "Lines to the outside" in health.remedy
    named = replace(context.channel, settings={**context.channel.settings, "trunks": "itsp"})
    assert "may be" not in (await connector.probe(replace(context, channel=named))).sentence


async def test_the_probe_takes_trunks_and_short_numbers_as_they_are(
    server: AmiServer, context: Context
) -> None:
    server.endpoints = {
        "PJSIPShowEndpoints": [
            {"ObjectName": "itsp", "Auths": "", "OutboundAuths": "itsp-auth"},
            {"ObjectName": "442071838700", "Auths": "", "OutboundAuths": "o"},
            {"ObjectName": "carrier", "Auths": "", "OutboundAuths": ""},
            {"ObjectName": "11", "Auths": "11-auth"},
        ],
        "SIPpeers": [{"ObjectName": "gateway", "Dynamic": "no"}, {"ObjectName": "12/12", "Dynamic": "yes"}],
    }
    assert (await connector.probe(context)).sentence == "Asterisk lets us in and shows its channels."


async def test_the_secret_is_never_sent(server: AmiServer, context: Context) -> None:
    await connector.probe(context)
    assert "s3cret" not in str(server.actions)


# ---------------------------------------------------------------- calls at a click


async def test_our_own_telephone_rings_first(server: AmiServer, context: Context) -> None:
    given = replace(context.channel, settings={**context.channel.settings, "prefix": "9"})
    assert await connector.dial(DIAL, replace(context, channel=given)) == DIAL.dial_id
    wish = server.originated[0]
    assert (wish["Channel"], wish["Exten"], wish["Context"]) == ("PJSIP/11", "912025550123", "from-internal")
    assert wish["ChannelId"] == DIAL.dial_id


@pytest.mark.parametrize(
    ("change", "settings", "dial", "error"),
    [
        ({"forbidden": {"Originate"}}, {}, DIAL, Refused),
        ({"hang_up_at": {"Originate"}}, {}, DIAL, Unknown),
        ({"mute": {"Originate"}}, {}, DIAL, Unknown),
        ({"hang_up_at": {"Login"}}, {}, DIAL, TryAgain),
        ({}, {"secret": "wrong"}, DIAL, CredentialsDead),
        ({}, {"context": ""}, DIAL, Refused),
        ({}, {"port": 9}, DIAL, TryAgain),
        ({}, {}, replace(DIAL, extension="11\r\nAction: Command"), Refused),
    ],
)
async def test_what_becomes_of_a_click(
    change: dict[str, Any], settings: dict[str, Any], dial: Dial, error: type[SendError], server: AmiServer, context: Context
) -> None:  # fmt: skip
    for name, value in change.items():
        setattr(server, name, value)
    given = replace(context.channel, settings={**context.channel.settings, **settings})
    with pytest.raises(error):
        await connector.dial(dial, replace(context, channel=given))
    asked = [action for action in server.actions if action["Action"] == "Originate"]
    assert len(asked) <= 1


async def test_a_setting_cannot_smuggle_another_action_in(server: AmiServer, context: Context) -> None:
    given = {**context.channel.settings, "context": "x\r\n\r\nAction: Command\r\nCommand: core stop now"}
    await connector.dial(DIAL, replace(context, channel=replace(context.channel, settings=given)))
    assert {action["Action"] for action in server.actions} == {"Challenge", "Login", "Originate"}
