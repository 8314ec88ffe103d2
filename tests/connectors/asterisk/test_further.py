"""Whatever Asterisk tells twice, and wherever the stream is cut: no nonsense comes of it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from connectors.asterisk.channels import Channels
from connectors.asterisk.receiver import raw_of
from connectors.asterisk.settings import Lines
from connectors.asterisk.table import Table
from connectors.contract import CallStep
from inbox.calls.fold import Call, fold
from tests.connectors.asterisk.exchange import CUSTOMER, MOBILE, Exchange
from tests.connectors.asterisk.further import FURTHER, Story
from tests.connectors.asterisk.stories import STORIES
from tests.connectors.asterisk.test_stories import LATER, played, raws, record, steps

ALL: dict[Story, bool] = {
    **{story: told[-1] for story, told in STORIES.items()},
    **{story: told[-1] for story, told in FURTHER.items()},
}
"""Every story, and whether we ring the customer in it."""
NAMES = {"ids": lambda story: story.__name__}


def calls(told: Iterable[CallStep]) -> dict[str, Call]:
    found: dict[str, list[CallStep]] = {}
    for step in told:
        found.setdefault(step.call_id, []).append(step)
    return {id_: fold(its) for id_, its in found.items()}


def check(told: list[CallStep], *, outbound: bool) -> None:
    """At most one call, the right way round, with the customer and never with a telephone of ours."""
    found = calls(told)
    assert len(found) <= 1
    for call in found.values():
        assert call.outbound == outbound
        assert not {CUSTOMER, CUSTOMER[1:]} & set(call.users)
    for step in told:
        handle = step.caller.handles[0]
        assert handle.value == CUSTOMER or handle.kind == "anonymous"


@pytest.mark.parametrize("story", FURTHER, **NAMES)
def test_a_story_becomes_one_call(story: Story) -> None:
    told = steps(raws(played(story)))
    outcome, missed, users, talk, outbound = FURTHER[story]
    [call] = calls(told).values()
    assert (call.state, call.outcome, call.is_missed) == ("ended", outcome, missed)
    assert (call.users, call.duration, call.outbound) == (users, talk, outbound)
    check(told, outbound=outbound)


@pytest.mark.parametrize("story", ALL, **NAMES)
def test_each_beginning_of_a_story(story: Story) -> None:
    events = played(story)
    for n in range(len(events)):
        check(steps(raws(events[:n])), outbound=ALL[story])


@pytest.mark.parametrize("story", ALL, **NAMES)
def test_each_end_of_a_story(story: Story) -> None:
    events = played(story)
    for n in range(len(events)):
        check(steps(raws(events[n:])), outbound=ALL[story])


@pytest.mark.parametrize("story", ALL, **NAMES)
def test_each_event_that_is_told_twice_at_once_or_later(story: Story) -> None:
    events = played(story)
    whole = calls(steps(raws(events)))
    for n, event in enumerate(events):
        assert calls(steps(raws([*events[:n], event, *events[n:]]))) == whole
        for later in (n + 2, n + 5, len(events)):
            told = steps(raws([*events[:later], event, *events[later:]]))
            check(told, outbound=ALL[story])


@pytest.mark.parametrize("story", ALL, **NAMES)
def test_each_event_that_is_lost(story: Story) -> None:
    events = played(story)
    for n in range(len(events)):
        check(steps(raws([*events[:n], *events[n + 1 :]])), outbound=ALL[story])


@pytest.mark.parametrize("story", FURTHER, **NAMES)
def test_the_line_comes_back_in_the_midst_of_it(story: Story) -> None:
    """What was told before the gap, what the list says after it, and the rest; whatever is cut out between."""
    exchange = Exchange()
    listings: list[tuple[int, list[dict[str, str]]]] = []
    exchange.watch = lambda: listings.append((len(exchange.events), exchange.listed()))
    story(exchange)
    for at, listed in listings:
        table = Table(Lines())
        before = raws(exchange.events[: max(0, at - 3)], table)
        again = Table(Lines(), table.snapshot(LATER.timestamp()))
        resumed = [
            raw_of(told, LATER)
            for told in again.resume([{**each, "Event": "CoreShowChannel"} for each in listed])
        ]
        told = steps([*before, *resumed, *raws(exchange.events[at:], again)])
        check(told, outbound=FURTHER[story][-1])


def test_a_mobile_that_talks_is_named_after_a_gap() -> None:
    base = {
        "ChannelState": "6",
        "Application": "Dial",
        "Duration": "00:00:20",
        "BridgeId": "b1",
        "Linkedid": "1.1",
    }
    listed = [
        {**base, "Event": "CoreShowChannel", "Channel": "PJSIP/itsp-1", "Uniqueid": "1.1", "CallerIDNum": CUSTOMER,
         "Exten": "12025550100"},
        {**base, "Event": "CoreShowChannel", "Channel": "PJSIP/itsp-2", "Uniqueid": "1.2", "CallerIDNum": MOBILE,
         "Exten": "s", "Application": "AppDial"},
    ]  # fmt: skip
    told = steps(raw_of(each, LATER) for each in Table(Lines(trunks=frozenset({"itsp"}))).resume(listed))
    [call] = calls(told).values()
    assert (call.users, call.outbound) == ((MOBILE,), False)
    check(told, outbound=False)


@pytest.mark.parametrize(
    "fields",
    [
        {"Channel": "PJSIP/2070010021-0000000b", "Source": "2070010021"},
        {"Channel": "PJSIP/anna-0000000b", "Source": "103"},
        {"Channel": "PJSIP/anna-0000000b", "Source": "+12025550100", "DestinationContext": "from-internal"},
    ],
)
def test_the_record_of_a_telephone_with_a_name_is_of_an_outgoing_call(fields: dict[str, str]) -> None:
    made = record(DestinationChannel="PJSIP/itsp-0000000a", Destination=CUSTOMER[1:], **fields)
    told = steps(raws([made]))
    [call] = calls(told).values()
    assert call.outbound
    check(told, outbound=True)


def test_two_who_are_parked_do_not_talk_with_each_other() -> None:
    one = Exchange()
    one.rings_in()
    one.appears("PJSIP/itsp-00000099", number="+12025550999", exten="12025550100", state="4")
    for channel in ("PJSIP/itsp-0000000a", "PJSIP/itsp-00000099"):
        one.enters(channel, "lot", kind="holding")
    assert all(call.users == () for call in calls(steps(raws(one.events))).values())


def test_what_is_remembered_of_channels_that_have_gone_stays_small() -> None:
    channels = Channels(Lines(), iter(()))
    for n in range(6_000):
        channels.seen(
            {"Uniqueid": str(n), "Linkedid": str(n), "Channel": f"SIP/itsp-{n}", "ChannelState": "4"}, str(n)
        )
        channels.leave(str(n))
    assert not channels.is_gone("0")
    assert channels.is_gone("5999")
