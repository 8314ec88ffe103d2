"""Twilio: its own validator and ours agree on every signature; the answers are TwiML; callbacks fold into one call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from connectors.conformance.fixtures import load_fixtures
from connectors.contract import CallStep, ChannelConfig, RawInput, Unverified
from inbox.calls.fold import fold
from tests.bundled import scanned

TOKEN = "0123456789abcdef0123456789abcdef"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
FOUND = scanned()
TWILIO: Any = FOUND.connectors["twilio"]
FIXTURES = {fixture.name: fixture for fixture in load_fixtures(FOUND.folders["twilio"])}
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def channel(url: str = "https://hub.example", **given: Any) -> ChannelConfig:
    filled = {"account_sid": "AC0", "auth_token": TOKEN, "answer": "forward", "voicemail": True, **given}
    return ChannelConfig(id=1, slug="line", name="Line", settings=filled, region="US", public_url=url)


def request(fields: dict[str, str], *, signature: str = "", suffix: str = "", query: str = "") -> RawInput:
    return RawInput(
        transport="http",
        body=urlencode(fields).encode(),
        received_at=AT,
        suffix=suffix,
        headers={"content-type": FORM, "x-twilio-signature": signature},
        query=dict(pair.split("=", 1) for pair in query.split("&")) if query else {},
        meta={"query_string": query} if query else {},
    )


def signed(url: str, fields: dict[str, str], token: str = TOKEN) -> str:
    """By Twilio's own library."""
    return RequestValidator(token).compute_signature(url, fields)


def is_let_in(raw: RawInput, given: ChannelConfig) -> bool:
    try:
        TWILIO.verify(raw, given)
    except Unverified:
        return False
    return True


FIELDS = {
    "CallSid": "CA1",
    "From": "+12025550123",
    "CallerName": "Ann & Sons ភ",
    "Empty": "",
    "b": "2",
    "a": "1",
}


@pytest.mark.parametrize(
    ("url", "suffix", "query", "signed_url"),
    [
        ("https://hub.example", "", "", "https://hub.example/in/line"),
        ("https://hub.example", "", "", "https://hub.example:443/in/line"),
        ("https://hub.example:8443", "leg", "", "https://hub.example:8443/in/line/leg"),
        ("https://hub.example:8443", "leg", "", "https://hub.example/in/line/leg"),
        ("http://hub.example", "dial", "x=1&y=a%20b", "http://hub.example/in/line/dial?x=1&y=a%20b"),
        ("https://hub.example/base", "", "y=a+b", "https://hub.example/base/in/line?y=a+b"),
    ],
)
def test_what_twilio_signs_gets_in(url: str, suffix: str, query: str, signed_url: str) -> None:
    given = channel(url)
    good = request(FIELDS, signature=signed(signed_url, FIELDS), suffix=suffix, query=query)
    assert is_let_in(good, given)
    assert not is_let_in(
        request(FIELDS, signature=signed(signed_url, FIELDS, "f" * 32), suffix=suffix, query=query), given
    )
    assert not is_let_in(
        request(FIELDS, signature=signed(signed_url + "x", FIELDS), suffix=suffix, query=query), given
    )


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(TEXTS.filter(bool), TEXTS, min_size=1, max_size=8), st.data())
def test_any_fields_signed_pass_and_one_byte_changed_does_not(
    fields: dict[str, str], data: st.DataObject
) -> None:
    raw = request(fields, signature=signed("https://hub.example/in/line", fields))
    assert is_let_in(raw, channel())
    name = data.draw(st.sampled_from(sorted(fields)))
    changed = {**fields, name: fields[name] + "x"}
    assert not is_let_in(request(changed, signature=raw.headers["x-twilio-signature"]), channel())


def test_both_tokens_while_they_are_rotated() -> None:
    raw = request(FIELDS, signature=signed("https://hub.example/in/line", FIELDS))
    assert is_let_in(raw, channel(auth_token=f"{'a' * 32}\n{TOKEN}"))
    assert not is_let_in(raw, channel(auth_token="a" * 32))
    assert not is_let_in(raw, channel(auth_token=""))


def twiml(fields: dict[str, str], **given: Any) -> ElementTree.Element:
    answer = TWILIO.answer(request(fields), channel(**given), 1)
    assert (answer.status, answer.mime) == (200, "text/xml")
    return ElementTree.fromstring(answer.body)


RINGING = {"CallSid": "CA1", "CallStatus": "ringing", "Direction": "inbound", "From": "+12025550123"}
DIALLED = {**RINGING, "CallStatus": "in-progress"}


@pytest.mark.parametrize(
    ("fields", "given", "verbs"),
    [
        (RINGING, {"forward_to": "+85512345678"}, ["Dial"]),
        (RINGING, {}, ["Say", "Record"]),
        (RINGING, {"answer": "message", "forward_to": "+85512345678"}, ["Say", "Record"]),
        (RINGING, {"answer": "elsewhere", "forward_to": "+85512345678"}, []),
        ({**DIALLED, "DialCallStatus": "completed"}, {}, ["Hangup"]),
        ({**DIALLED, "DialCallStatus": "no-answer"}, {}, ["Say", "Record"]),
        ({**DIALLED, "DialCallStatus": "busy"}, {"voicemail": False}, ["Hangup"]),
        ({**DIALLED, "RecordingUrl": "https://x"}, {}, []),
        ({**RINGING, "ParentCallSid": "CA0"}, {"forward_to": "+85512345678"}, []),
        ({**RINGING, "Direction": "outbound-api"}, {"forward_to": "+85512345678"}, []),
        ({**RINGING, "CallStatus": "completed"}, {"forward_to": "+85512345678"}, []),
        ({"RecordingSid": "RE1", "RecordingStatus": "completed"}, {"forward_to": "+85512345678"}, []),
        ({}, {"forward_to": "+85512345678"}, []),
    ],
)
def test_the_answer(fields: dict[str, str], given: dict[str, Any], verbs: list[str]) -> None:
    assert [verb.tag for verb in twiml(fields, **given)] == verbs


def test_what_is_entered_cannot_become_twiml() -> None:
    said = twiml(RINGING, say='Hi</Say><Dial>+1900</Dial><Say>"&')
    assert [verb.tag for verb in said] == ["Say", "Record"]
    assert said[0].text == 'Hi</Say><Dial>+1900</Dial><Say>"&'
    dial = twiml(RINGING, forward_to='"/><Number>+1900</Number>', record='x" action="https://evil')[0]
    assert [number.text for number in dial] == ['"/><Number>+1900</Number>']
    assert dial.get("action") == "https://hub.example/in/line/dial"


def test_callbacks_come_back_to_addresses_that_are_signed() -> None:
    dial = twiml(RINGING, forward_to="+85512345678")[0]
    leg = dial[0]
    for url in (dial.get("action"), dial.get("recordingStatusCallback"), leg.get("statusCallback")):
        assert url is not None
        suffix = url.removeprefix("https://hub.example/in/line/")
        assert is_let_in(request(FIELDS, signature=signed(url, FIELDS), suffix=suffix), channel())


def steps(*names: str, **given: Any) -> list[CallStep]:
    found: list[CallStep] = []
    for number, name in enumerate(names):
        fixture = FIXTURES[name]
        fields = dict(pair.split(b"=", 1) for pair in fixture.raw.body.split(b"&"))
        fields.pop(b"Timestamp", None)
        fields.pop(b"RecordingStartTime", None)
        raw = RawInput(
            transport="http",
            body=b"&".join(key + b"=" + value for key, value in fields.items()),
            received_at=AT + timedelta(seconds=number),
            headers=fixture.raw.headers,
            suffix=fixture.raw.suffix,
        )
        found += [event for event in TWILIO.parse(raw, channel(**given)) if isinstance(event, CallStep)]
    assert len({step.call_id for step in found}) == 1
    return found


@pytest.mark.parametrize(
    ("names", "outcome", "duration", "is_missed"),
    [
        (
            ("incoming_ringing", "leg_initiated", "call_in_progress", "leg_answered", "leg_completed", "dial_completed",
             "call_completed", "recording_completed"), "answered", 42, False,
        ),
        (("incoming_ringing", "leg_initiated", "leg_no_answer", "dial_no_answer", "call_completed"), "missed", None, True),
        (("incoming_ringing", "leg_initiated", "leg_no_answer", "dial_no_answer", "message_left", "recording_completed",
          "call_completed"), "missed", None, True),
        (("incoming_ringing", "call_abandoned"), "missed", None, True),
        (("incoming_ringing", "call_in_progress", "message_left", "call_completed"), "missed", None, True),
    ],
)  # fmt: skip
def test_callbacks_fold_into_one_call(
    names: tuple[str, ...], outcome: str, duration: int | None, is_missed: bool
) -> None:
    told = steps(*names)
    call = fold(told)
    assert (call.outcome, call.duration or None, call.is_missed) == (outcome, duration, is_missed)
    assert call.number == "+12025550100"
    orders = list(permutations(told))[:200]
    assert {fold([*order, *order]) for order in orders} == {call}


def test_a_flow_of_their_own_answers_elsewhere() -> None:
    call = fold(steps("incoming_ringing", "call_completed", answer="elsewhere"))
    assert (call.outcome, call.duration) == ("answered", 61)
