"""The neutral telephone endpoint: what its README promises, by the very commands that stand in it."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest

from connectors.contract import CallStep, ChannelConfig, RawInput, Step, Unverified
from inbox.calls.fold import fold
from tests.bundled import scanned

FOUND = scanned()
TELEPHONY: Any = FOUND.connectors["telephony"]
README = (FOUND.folders["telephony"] / "README.md").read_text()
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CHANNEL = ChannelConfig(
    id=1,
    slug="phone",
    name="Phone",
    settings={"secret": "SECRET"},
    region="US",
    public_url="https://hub.example",
)


def by_curl(command: str) -> RawInput:
    """The request that a curl command makes."""
    words = shlex.split(command.replace("\\\n", " "))
    url, headers, data = (
        urlsplit(words[1]),
        {"content-type": "application/x-www-form-urlencoded"},
        list[str](),
    )
    for flag, value in zip(words[2::2], words[3::2], strict=True):
        if flag == "-H":
            name, _, said = value.partition(": ")
            headers[name.lower()] = said
        else:
            assert flag == "-d"
            data.append(value)
    return RawInput(
        transport="http",
        body="&".join(data).encode(),
        received_at=AT,
        suffix=url.path.removeprefix("/in/phone").strip("/"),
        headers=headers,
        query=dict(parse_qsl(url.query)),
    )


def test_the_readme_tells_a_whole_call() -> None:
    commands = re.findall(r"^curl (?:.*\\\n)*.*$", README, re.M)
    assert len(commands) == 3
    told: list[CallStep] = []
    for number, command in enumerate(commands):
        raw = by_curl(command)
        TELEPHONY.verify(raw, CHANNEL)
        with pytest.raises(Unverified):
            TELEPHONY.verify(by_curl(command.replace("SECRET", "SECRED")), CHANNEL)
        [step] = TELEPHONY.parse(raw, CHANNEL)
        told.append(step)
        answer = TELEPHONY.answer(raw, CHANNEL, number)
        assert (answer.status, answer.mime, answer.body) == (
            200,
            "application/json",
            b'{"status":"accepted"}',
        )
    assert [step.step for step in told] == [Step.RINGING, Step.ANSWERED, Step.ENDED]
    call = fold(told)
    assert (call.outcome, call.duration, call.user, call.number) == ("answered", 61, "11", "+12025550100")


def step(body: str, seconds: float = 0) -> CallStep:
    raw = RawInput(
        transport="http",
        body=body.encode(),
        received_at=AT + timedelta(seconds=seconds),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    [event] = TELEPHONY.parse(raw, CHANNEL)
    return event


def test_steps_in_any_order_and_twice_make_the_same_call() -> None:
    told = [
        step("event=newCall&callId=1&from=%2B12025550123&to=11&direction=in", 0),
        step("event=answer&callId=1&from=%2B12025550123&to=11&direction=in&answeringNumber=12", 5),
        step("event=hangup&callId=1&from=%2B12025550123&to=11&direction=in&cause=normalClearing", 65),
        step(
            "event=recorded&callId=1&from=%2B12025550123&recording_url=https%3A%2F%2Fpbx.example%2F1.mp3", 70
        ),
    ]
    calls = {fold([*order, *order]) for order in permutations(told)}
    [call] = calls
    assert (call.outcome, call.duration, call.user, call.recording_url) == (
        "answered",
        60,
        "12",
        "https://pbx.example/1.mp3",
    )


def test_a_repeat_is_known_by_what_it_says_or_by_its_name() -> None:
    ringing = "event=ringing&call_id=1&from=%2B12025550123"
    assert step(ringing, 0).key == step(ringing, 9).key
    assert step(ringing).key != step(ringing + "&user=12").key
    assert (
        step(ringing + "&event_id=e1&at=1767603600").key
        == step(ringing + "&event_id=e1&at=1767603601").key
        == "e1"
    )


def test_two_withheld_callers_are_two_people() -> None:
    first, second = (step(f"event=ringing&call_id={id_}&from=anonymous").caller.handles[0] for id_ in (1, 2))
    assert first.kind == second.kind == "anonymous"
    assert first.value != second.value
    assert step("event=ended&call_id=1&from=anonymous").caller.handles[0].value == first.value


@pytest.mark.parametrize("direction", ["out", "outbound", "outgoing"])
def test_the_customer_is_whom_we_call(direction: str) -> None:
    event = step(f"event=ringing&call_id=1&from=11&to=%2B12025550123&direction={direction}")
    assert (event.outbound, event.caller.handles[0].value, event.number) == (True, "+12025550123", "11")


def test_the_example_on_the_channels_page_works_with_its_secret() -> None:
    example = TELEPHONY.example(CHANNEL, "https://hub.example/in/phone")
    assert "SECRET" in example.replace("YOUR-SHARED-SECRET", "SECRET")
    for command in re.findall(r"^curl (?:.*\\\n)*.*$", example, re.M):
        raw = by_curl(command.replace("YOUR-SHARED-SECRET", "SECRET"))
        TELEPHONY.verify(raw, CHANNEL)
        assert TELEPHONY.parse(raw, CHANNEL)


def test_the_template_of_3cx_sends_what_the_fixtures_hold() -> None:
    template = ElementTree.parse(FOUND.folders["telephony"] / "3cx.xml")
    sent = [value.get("Key") for value in template.iterfind(".//PostValues/Value")]
    for name in ("answered", "missed", "outbound_unanswered"):
        fixture = json.loads((FOUND.folders["telephony"] / "fixtures" / f"3cx_{name}.json").read_text())
        assert list(fixture["request"]["body"]) == sent
