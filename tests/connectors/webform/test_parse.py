"""What is read out of forms: recorded requests one by one, and anything at all."""

from __future__ import annotations

import contextlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectors.webform
from connectors.contract import ChannelConfig, InboundMessage, Malformed, RawInput, Rejected, Trust
from connectors.webform.connector import WebForm
from connectors.webform.visitor import Visitor, issue
from tests.servers.telling import told

FIXTURES = Path(connectors.webform.__file__).parent / "fixtures"
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FORM = WebForm()


def channel(**settings: Any) -> ChannelConfig:
    return ChannelConfig(
        id=1,
        slug="form",
        name="Form",
        settings=settings,
        region="KH",
        public_url="https://hub.example",
        secret=b"s" * 32,
    )


def request(body: bytes | dict[str, Any], *, key: str | None = None, **headers: str) -> RawInput:
    """A dict goes as JSON."""
    if isinstance(body, dict):
        body, headers = json.dumps(body).encode(), {"content_type": "application/json", **headers}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawInput(transport="http", body=body, received_at=AT, headers=named, peer="192.0.2.1", key=key)


@pytest.mark.parametrize("fixture", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_recorded_request(fixture: Path) -> None:
    data = json.loads(fixture.read_bytes())
    raw = RawInput(transport="http", body=data["body"].encode(), received_at=AT, headers=data["headers"])
    expected = FIXTURES / "expected" / fixture.name
    try:
        found: Any = [told(event) for event in FORM.parse(raw, channel(**data.get("settings", {})))]
    except Malformed as error:
        found = {"malformed": str(error)}
    if os.environ.get("RECORD"):
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    assert found == json.loads(expected.read_bytes())


def parsed(raw: RawInput, **settings: Any) -> InboundMessage:
    [event] = FORM.parse(raw, channel(**settings))
    assert isinstance(event, InboundMessage)
    return event


def test_the_first_handle_is_the_one_that_replies_go_to() -> None:
    token = issue(b"s" * 32, Visitor(id="a-1"), at=AT)
    cases = [
        ({"email": "a@b.example", "phone": "012345678", "_visitor": token}, ["email", "phone", "visitor"]),
        ({"phone": "012345678", "_visitor": token}, ["phone", "visitor"]),
        ({"message": "hi", "_visitor": token}, ["visitor"]),
        ({"email": "a@b.example", "_visitor": token + "x"}, ["email"]),
    ]
    for body, kinds in cases:
        assert [handle.kind for handle in parsed(request(body)).sender.handles] == kinds
    trusts = {h.kind: h.trust for h in parsed(request(cases[0][0])).sender.handles}
    assert trusts == {"email": Trust.CLAIMED, "phone": Trust.CLAIMED, "visitor": Trust.PROVEN}


def test_an_id_is_the_same_at_every_reading_and_differs_between_entries() -> None:
    body = {"email": "a@b.example", "message": "hi"}
    one, again, other = request(body), request(body), request({**body, "message": "ho"})
    assert parsed(one).external_id == parsed(again).external_id != parsed(other).external_id
    assert parsed(request(body, key="k")).external_id == "k"
    assert (FORM.key(request(body, idempotency_key="h"), channel()) or "").startswith("h~")
    assert (FORM.key(request({**body, "id": "i"}), channel()) or "").startswith("i~")
    assert FORM.key(one, channel()) is None
    assert 40 < len(FORM.key(request({**body, "id": "i" * 9999}), channel()) or "") < 64


def test_a_repeat_is_the_same_id_and_the_same_words() -> None:
    def key(body: dict[str, Any], **headers: str) -> str:
        return FORM.key(request(body, **headers), channel()) or ""

    first = {"id": "42", "email": "a@b.example", "message": "hi"}
    again = {"_source": {"page": "https://x.example/"}, "message": "hi", "id": "42", "email": "a@b.example"}
    assert key(first) == key(again), "what the page adds and the order say nothing"
    for change in ({"message": "ho"}, {"email": "c@b.example"}, {"phone": "012345678"}, {"id": "43"}):
        assert key({**first, **change}) != key(first)
    words = {"email": "a@b.example", "message": "hi"}
    assert key(words, idempotency_key="k") == key(words, idempotency_key="k")
    assert key(words, idempotency_key="k") != key({**words, "message": "ho"}, idempotency_key="k")
    unread = [
        request(text, content_type="application/json", idempotency_key="k") for text in (b"{1", b"{2", b"{1")
    ]
    one, other, same = (FORM.key(raw, channel()) for raw in unread)
    assert one == same != other


@given(
    st.binary(max_size=2000),
    st.sampled_from(
        [
            "application/json",
            "multipart/form-data; boundary=b",
            "text/plain",
            "",
            "x",
            "application/x-www-form-urlencoded; charset=nope",
        ]
    ),
)
def test_any_bytes_are_read_or_malformed(body: bytes, kind: str) -> None:
    raw = request(body, content_type=kind)
    with contextlib.suppress(Malformed):
        FORM.parse(raw, channel())
    with contextlib.suppress(Rejected):
        FORM.verify(raw, channel(per_minute=0))
    FORM.key(raw, channel())
    assert FORM.answer(raw, channel(), 1).status in (200, 400)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "name",
        "email",
        "phone",
        "_source",
        "visits",
        "id",
        "_started",
        "_visitor",
        "next",
        "page",
        "utm_source",
    ]
)


@given(st.dictionaries(NAMES | st.text(max_size=12), JSON, max_size=8))
def test_any_json_keeps_its_answers(data: dict[str, Any]) -> None:
    data["email"] = "a@b.example"
    message = parsed(request(json.dumps(data).encode(), content_type="application/json"))
    assert message.sender.handles[0].value == "a@b.example"
    assert all(isinstance(value, str) for value in message.fields.values())
