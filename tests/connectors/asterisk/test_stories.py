"""Streams of events become calls: every story, every repeat, and what Asterisk was never asked for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest

from connectors.asterisk.connector import Asterisk
from connectors.asterisk.receiver import raw_of
from connectors.asterisk.recordings import address
from connectors.asterisk.settings import Lines
from connectors.asterisk.table import Table
from connectors.contract import CallStep, ChannelConfig, Ignored, RawInput, Step
from inbox.calls.fold import fold
from tests.connectors.asterisk.exchange import AGENT, CUSTOMER, DID, TRUNK, Exchange
from tests.connectors.asterisk.stories import STORIES, among_ourselves, answered

LATER = datetime(2026, 1, 5, 12, tzinfo=UTC)
CHANNEL = ChannelConfig(
    id=1,
    slug="pbx",
    name="PBX",
    region="US",
    settings={
        "recordings_url": "https://pbx.example/monitor",
        "recordings_folder": "/var/spool/asterisk/monitor",
    },
)
connector = Asterisk()


def played(story: Callable[[Exchange], None]) -> list[dict[str, str]]:
    exchange = Exchange()
    story(exchange)
    return exchange.events


def raws(events: Iterable[dict[str, str]], table: Table | None = None) -> list[RawInput]:
    table = table or Table(Lines())
    return [raw_of(told, LATER) for event in events if (told := table.annotate(event))]


def steps(inputs: Iterable[RawInput]) -> list[CallStep]:
    found = [event for raw in inputs for event in connector.parse(raw, CHANNEL)]
    assert all(isinstance(event, CallStep | Ignored) for event in found)
    return [event for event in found if isinstance(event, CallStep)]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_story_becomes_one_call(story: Callable[[Exchange], None]) -> None:
    told = steps(raws(played(story)))
    outcome, missed, user, users, talk, outbound = STORIES[story]
    assert len({step.call_id for step in told}) == 1
    call = fold(told)
    assert (call.state, call.outcome, call.is_missed) == ("ended", outcome, missed)
    assert (call.user, call.users, call.duration, call.outbound) == (user, users, talk, outbound)
    assert call.ringing == ()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_order_and_repeats_of_the_journal_change_nothing(story: Callable[[Exchange], None]) -> None:
    inputs = raws(played(story))
    for seed in range(20):
        shuffled = [*inputs, *inputs[::3]]
        random.Random(seed).shuffle(shuffled)
        assert fold(steps(shuffled)) == fold(steps(inputs))


def test_who_rang_which_number_and_where_the_recording_is() -> None:
    told = steps(raws(played(answered)))
    assert {step.caller.handles[0].value for step in told} == {CUSTOMER}
    assert {step.number for step in told} == {f"+{DID}"}
    assert fold(told).recording_url == "https://pbx.example/monitor/2026/a%20b.wav"


def test_while_it_rings_it_is_known_for_whom() -> None:
    events = played(answered)
    until = next(n for n, event in enumerate(events) if event["Event"] == "DialEnd")
    assert fold(steps(raws(events[:until]))).ringing == ("11",)


def test_a_call_among_ourselves_is_left_out_and_kept_in_the_journal() -> None:
    inputs = raws(played(among_ourselves))
    assert inputs
    assert steps(inputs) == []


def test_two_calls_at_once_stay_apart() -> None:
    one, two = played(answered), played(answered)
    for event in two:
        for name, value in event.items():
            if "niqueid" in name or name.endswith("Linkedid"):
                event[name] = value + "9"
            elif "Channel" in name:
                event[name] = value.replace("-0000000", "-0000009")
    mixed = [event for pair in zip(one, two, strict=True) for event in pair]
    told = steps(raws(mixed))
    calls = {id_: fold(step for step in told if step.call_id == id_) for id_ in {s.call_id for s in told}}
    assert len(calls) == 2
    assert {(call.outcome, call.users, call.duration) for call in calls.values()} == {
        ("answered", ("11",), 60)
    }


@pytest.mark.parametrize(
    "event",
    [
        {"Event": "RTCPSent"},
        {"Event": "VarSet", "Variable": "DIALSTATUS", "Value": "ANSWER"},
        {"Event": "Newexten", "Application": "Set"},
        {},
        {"Response": "Success"},
    ],
)
def test_what_says_nothing_of_calls_is_not_journaled(event: dict[str, str]) -> None:
    assert Table(Lines()).annotate(event) is None


@pytest.mark.parametrize(
    "kind", ["Newchannel", "DialBegin", "DialEnd", "BridgeEnter", "BridgeLeave", "Hangup", "Rename", "Cdr"]
)
def test_an_event_without_its_fields_stops_nothing(kind: str) -> None:
    assert steps(raws([{"Event": kind}, *played(answered)])) == steps(raws(played(answered)))


def test_the_same_event_has_the_same_name_whenever_it_is_told() -> None:
    assert [raw.key for raw in raws(played(answered))] == [raw.key for raw in raws(played(answered))]
    assert len({raw.key for raw in raws(played(answered))}) == len(raws(played(answered)))


def record(**fields: str) -> dict[str, str]:
    base = {
        "Event": "Cdr", "UniqueID": "1767603600.1", "Source": CUSTOMER, "Destination": DID, "Channel": "PJSIP/itsp-0000000a",
        "DestinationChannel": "PJSIP/11-0000000b", "StartTime": "2026-01-05 16:00:00", "AnswerTime": "2026-01-05 16:00:05",
        "EndTime": "2026-01-05 16:01:05", "Disposition": "ANSWERED", "BillableSeconds": "60", "LastApplication": "Dial",
    }  # fmt: skip
    return {**base, **fields}


@pytest.mark.parametrize(
    ("fields", "outcome", "outbound"),
    [
        ({}, "answered", False),
        ({"Disposition": "NO ANSWER", "BillableSeconds": "0"}, "missed", False),
        ({"Disposition": "FAILED", "BillableSeconds": "0"}, "missed", False),
        ({"DestinationChannel": "", "LastApplication": "VoiceMail"}, "voicemail", False),
        ({"DestinationChannel": "", "LastApplication": "Queue"}, "missed", False),
        ({"Channel": "PJSIP/11-0000000b",
          "DestinationChannel": "PJSIP/itsp-0000000a", "Destination": "912025550123"}, "answered", True),
        ({"StartTime": "", "EndTime": "yesterday"}, "answered", False),
    ],
)  # fmt: skip
def test_a_record_alone_makes_the_whole_call(fields: dict[str, str], outcome: str, outbound: bool) -> None:
    call = fold(steps(raws([record(**fields)])))
    assert (call.state, call.outcome, call.outbound) == ("ended", outcome, outbound)


def test_a_record_among_ourselves_is_left_out() -> None:
    assert steps(raws([record(Channel="PJSIP/12-0000000c")])) == []


def test_a_record_agrees_with_the_call_that_was_heard() -> None:
    told = steps(raws([*played(answered), record()]))
    assert len({step.call_id for step in told}) == 1
    assert (fold(told).outcome, fold(told).users, fold(told).duration) == ("answered", ("11",), 60)


def test_a_record_that_comes_early_does_not_end_the_call() -> None:
    events = played(answered)
    until = next(n for n, event in enumerate(events) if event["Event"] == "BridgeLeave")
    assert fold(steps(raws([*events[:until], record()]))).state == "answered"


@pytest.mark.parametrize(
    ("trunks", "channel", "expected"),
    [
        ("", "PJSIP/itsp-0000000a", True),
        ("", "PJSIP/11-0000000a", False),
        ("", "SIP/12025550100-0000000a", True),
        ("", "Local/11@from-queue-1;1", False),
        ("", "DAHDI/i1/12025550123-1", True),
        ("", "", False),
        ("itsp", "PJSIP/ann-0000000a", False),
        ("ITSP other", "PJSIP/itsp-0000000a", True),
        ("my-trunk", "PJSIP/my-trunk-0000000a", True),
    ],
)
def test_which_lines_lead_outside(trunks: str, channel: str, expected: bool) -> None:
    assert Lines.of({"trunks": trunks}).is_trunk(channel) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/var/spool/asterisk/monitor/x.wav", "https://pbx.example/monitor/x.wav"),
        ("2026/01/x.wav", "https://pbx.example/monitor/2026/01/x.wav"),
        ("/etc/passwd", ""),
        ("/var/spool/asterisk/monitor/../../secret", ""),
        ("x?y#z.wav", "https://pbx.example/monitor/x%3Fy%23z.wav"),
        ("", ""),
    ],
)
def test_a_recording_stays_within_its_folder(path: str, expected: str) -> None:
    assert address(path, CHANNEL.settings) == expected


def test_a_leg_of_a_step_is_told_once() -> None:
    told = steps(raws(played(answered)))
    assert [step.step for step in told].count(Step.ANSWERED) == 1


def test_a_line_that_we_open_ourselves_is_no_caller() -> None:
    exchange = Exchange()
    exchange.appears(TRUNK, number="12025550123", state="0")
    exchange.hangs_up(TRUNK)
    assert steps(raws(exchange.events)) == []


def test_a_call_at_a_click_is_told_by_its_second_leg() -> None:
    exchange = Exchange()
    exchange.appears(AGENT, number="12025550123")
    exchange.wait(3)
    assert steps(raws(exchange.events)) == []
    exchange.rings(TRUNK, by=AGENT, string="12025550123@itsp", number="12025550123")
    exchange.wait(9)
    exchange.takes(TRUNK, by=AGENT)
    exchange.wait(20)
    exchange.hangs_up(TRUNK)
    call = fold(steps(raws(exchange.events)))
    assert (call.outcome, call.outbound, call.users, call.duration) == ("answered", True, ("11",), 20)
