"""A recording without secrets and people, of the same shape."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.conformance.fixtures import CAME, load_fixtures
from connectors.conformance.redaction import Mask, mask_for, redacted
from connectors.conformance.subjects import channel_for
from connectors.contract import RawInput
from connectors.registry import BUNDLED
from tests.bundled import bundled

WHATSAPP = bundled()["whatsapp"]
CHANNEL = channel_for(WHATSAPP, app_secret="first-secret\nsecond-secret")
FIXTURES = {fixture.name: fixture.raw for fixture in load_fixtures(BUNDLED / "whatsapp")}


def masked(raw: RawInput) -> RawInput:
    return redacted(raw, mask_for(WHATSAPP, CHANNEL, [raw]))


@pytest.mark.parametrize(
    "name", ["text", "contacts", "document", "two_senders_in_one_request", "a_known_and_an_unknown_kind"]
)
def test_the_people_of_a_request_are_others_afterwards(name: str) -> None:
    raw = FIXTURES[name]
    changed = masked(raw)
    for known in (b"Sokha", b"85512345678", "តម្លៃ".encode()):
        assert known not in changed.body
    before, after = (list(WHATSAPP.parse(one, CHANNEL)) for one in (raw, changed))
    assert [type(event) for event in before] == [type(event) for event in after]
    assert [getattr(event, "external_id", "") for event in before] == [
        getattr(event, "external_id", "") for event in after
    ]


def test_one_person_stays_one_person_in_every_notation() -> None:
    mask = Mask()
    mask.see_number("85512345678")
    said = [mask.text(text) for text in ("+85512345678", "85512345678", "tel:012 345 678", "012345678")]
    assert said == ["+85515550100", "85515550100", "tel:015550100", "015550100"]
    assert mask.text("at 1767603600, order 555123") == "at 1767603600, order 555123"


@pytest.mark.parametrize(
    ("name", "value", "instead"),
    [
        ("type", "message", "message"),
        ("text", "message", "Text 1"),
        ("first_name", "Ann", "Person 1"),
        ("filename", "price.pdf", "price.pdf"),
        ("api_token", "abc", "REDACTED"),
        ("note", "write to Ann@Customer.Test now", "write to person1@customer.example now"),
        ("note", "with second-secret in it", "with REDACTED in it"),
        ("msisdn", "+1 202 555 0123", "+12025550100"),
        ("id", "wamid.HBgL", "wamid.HBgL"),
        ("text", "", ""),
    ],
)
def test_what_the_connector_does_not_know_goes_by_its_name(name: str, value: str, instead: str) -> None:
    mask = mask_for(WHATSAPP, CHANNEL, [])
    assert mask.leaf(name, value) == instead


def test_lines_and_signatures_are_left_out() -> None:
    raw = RawInput(
        transport="http",
        body=b"From=%2B12025550123&Body=Hello&Sid=SM1",
        received_at=CAME,
        suffix="leg/first-secret",
        headers={
            "content-type": "application/x-www-form-urlencoded", "x-hub-signature-256": "sha256=1", "cookie": "a=b",
            "x-forwarded-for": "203.0.113.9", "user-agent": "x", "x-event": "message",
        },
        query={"token": "whatever", "v": "2", "k": "second-secret"},
        peer="203.0.113.9",
    )  # fmt: skip
    changed = masked(raw)
    assert changed.headers == {"content-type": "application/x-www-form-urlencoded", "x-event": "message"}
    assert (changed.suffix, dict(changed.query), changed.peer) == ("leg", {"token": "REDACTED", "v": "2"}, "")
    form = parse_qs(changed.body.decode())
    assert (form["Sid"], form["Body"]) == (["SM1"], ["Text 1"])
    assert "5550123" not in changed.body.decode()


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON | st.binary())
def test_whatever_came_can_be_recorded(value: Any) -> None:
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    raw = RawInput(
        transport="http",
        body=body,
        received_at=CAME,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    once = masked(raw)
    assert isinstance(once.body, bytes)
