"""What the trial of a line says, and calls that begin with a click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from connectors.contract import (
    Context,
    CredentialsDead,
    Dial,
    Refused,
    SendError,
    State,
    TryAgain,
    Unknown,
)
from tests.connectors.asterisk.test_line import connector
from tests.servers.asterisk import AmiServer

DIAL = Dial(dial_id="6f1e4d3c-0000-4000-8000-000000000001", to="+12025550123", extension="11")


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
