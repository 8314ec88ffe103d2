"""The chat's door and parser: who may speak, as whom, and what is made of it."""

from __future__ import annotations

import contextlib
import hmac
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectors.sitechat
from connectors.contract import (
    ChannelConfig,
    Context,
    Handle,
    InboundMessage,
    Malformed,
    Outbound,
    RawInput,
    Receipt,
    Refused,
    Rejected,
    State,
    Unverified,
)
from connectors.sitechat.connector import SiteChat
from connectors.sitechat.hours import HoursInvalid, parse_hours
from connectors.webform.visitor import VISITOR_ID, Identity, Visitor, identified, issue, proves
from tests.servers.telling import told

FIXTURES = Path(connectors.sitechat.__file__).parent / "fixtures"
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = b"s" * 32
CHAT = SiteChat()
ANNA = issue(SECRET, Visitor(id="a-anna"), at=AT)


def channel(**settings: Any) -> ChannelConfig:
    return ChannelConfig(
        id=2,
        slug="chat",
        name="Chat",
        settings=settings,
        region="KH",
        public_url="https://hub.example",
        secret=SECRET,
    )


def request(at: datetime = AT, headers: dict[str, str] | None = None, **fields: Any) -> RawInput:
    body = json.dumps(fields).encode()
    return RawInput(
        transport="http",
        body=body,
        received_at=at,
        headers={"content-type": "application/json", **(headers or {})},
    )


@pytest.mark.parametrize("fixture", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_recorded_request(fixture: Path) -> None:
    data = json.loads(fixture.read_bytes())
    body = data["body"]
    if data["visitor"]:
        body["token"] = issue(SECRET, Visitor(**data["visitor"]), at=AT)
    expected = FIXTURES / "expected" / fixture.name
    try:
        found: Any = [
            told(event) for event in CHAT.parse(request(**body), channel(**data.get("settings", {})))
        ]
    except Malformed as error:
        found = {"malformed": str(error)}
    if os.environ.get("RECORD"):
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    assert found == json.loads(expected.read_bytes())


def test_nobody_can_name_anothers_message() -> None:
    boris = issue(SECRET, Visitor(id="a-boris"), at=AT)
    keys = {CHAT.key(request(id="m1", text="hi", token=token), channel()) for token in (ANNA, boris)}
    assert {(key or "").partition("~")[0] for key in keys} == {"a-anna:m1", "a-boris:m1"}


def test_a_repeat_is_the_same_id_and_the_same_words() -> None:
    def key(**fields: Any) -> str | None:
        return CHAT.key(request(token=ANNA, **fields), channel())

    assert key(id="m1", text="hi") == key(id="m1", text="hi")
    assert key(id="m1", text="hi") != key(id="m1", text="ho")
    assert key(id="m1", text="hi") != key(id="m1", text="hi", choice="yes")


def test_an_old_token_is_read_but_not_let_in() -> None:
    late = AT + timedelta(hours=25)
    [message] = CHAT.parse(request(at=late, id="m", text="hi", token=ANNA), channel())
    assert isinstance(message, InboundMessage)
    with pytest.raises(Rejected) as caught:
        SiteChat().verify(request(at=late, id="m", text="hi", token=ANNA), channel())
    assert caught.value.status == 401


@pytest.mark.parametrize(
    "token", ["", "x", ANNA[:-1], "é.é", issue(b"other" * 8, Visitor(id="a-anna"), at=AT)]
)
def test_a_token_that_is_not_ours_is_nobody(token: str) -> None:
    with pytest.raises(Unverified):
        SiteChat().verify(request(id="m", text="hi", token=token), channel())


@pytest.mark.parametrize(
    ("settings", "fields", "status", "field"),
    [
        ({}, {"text": "   "}, 422, "text"),
        ({}, {"text": "x" * 10_001}, 413, "text"),
        ({}, {"text": "x", "kind": "evil"}, 422, "kind"),
        ({}, {"text": "x", "kind": "form"}, 422, "email"),
        ({}, {"text": "x", "kind": "form", "email": "a@"}, 422, "email"),
        ({"consent": "Agree?"}, {"text": "x", "kind": "form", "phone": "012345678"}, 422, "consent"),
    ],
)
def test_refused(settings: dict[str, Any], fields: dict[str, Any], status: int, field: str) -> None:
    with pytest.raises(Rejected) as caught:
        SiteChat().verify(request(token=ANNA, **fields), channel(**settings))
    assert (caught.value.status, list(caught.value.fields)) == (status, [field])


def test_only_listed_sites_and_our_own_frame() -> None:
    listed = channel(allowed_origins=["https://shop.example"])
    for origin in ("https://shop.example", "https://hub.example", ""):
        SiteChat().verify(
            request(token=ANNA, text="hi", headers={"origin": origin} if origin else None), listed
        )
    for origin in ("https://evil.example", "null"):
        with pytest.raises(Rejected):
            SiteChat().verify(request(token=ANNA, text="hi", headers={"origin": origin}), listed)


def test_one_visitor_cannot_flood() -> None:
    chat, limited = SiteChat(), channel(per_minute=2)
    boris = issue(SECRET, Visitor(id="a-boris"), at=AT)
    chat.verify(request(token=ANNA, text="1"), limited)
    chat.verify(request(token=ANNA, text="2"), limited)
    with pytest.raises(Rejected) as caught:
        chat.verify(request(token=ANNA, text="3"), limited)
    assert caught.value.status == 429
    chat.verify(request(token=boris, text="1"), limited)


def hashed(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


def test_what_a_signature_covers_is_proven_and_no_more() -> None:
    me = Identity(id="42", email="dara@x.example", phone="012345678")
    whole = "42\ndara@x.example\n012345678"
    cases = [
        (hashed("one", "42"), ["one"], "id"),
        (hashed("old", "42").upper(), ["new", "old"], "id"),
        (hashed("one", whole), ["one"], "all"),
        (hashed("one", whole.replace("dara", "boss")), ["one"], ""),
        (hashed("", "42"), [""], ""),
        ("", ["one"], ""),
        ("ü", ["one"], ""),
        (hashed("one", "42"), [], ""),
    ]
    for given_hash, secrets, expected in cases:
        assert proves(replace(me, hash=given_hash), secrets) == expected


@pytest.mark.parametrize("id_", ["42", "a b:c/d", "Сок", "auth0|5f", "x" * 500, "dara@x.example"])
def test_any_id_of_a_site_makes_a_visitor_of_that_site(id_: str) -> None:
    here, there = (
        identified(Identity(id=id_, email="Dara@x.example"), channel_id=n, signed="id") for n in (1, 2)
    )
    assert here.id != there.id
    assert VISITOR_ID.fullmatch(here.id)
    assert here.signed == ("email" if "@" in id_ else "id")
    assert ":" not in here.id


def test_signed_visitors_only() -> None:
    closed = channel(require_identity=True, identity_secrets="one")
    with pytest.raises(Unverified):
        SiteChat().verify(request(token=ANNA, text="hi"), closed)
    SiteChat().verify(
        request(token=issue(SECRET, Visitor(id="u-2-42", signed="id"), at=AT), text="hi"), closed
    )


def test_reads_are_receipts_of_each_message_once() -> None:
    found = CHAT.parse(request(token=ANNA, kind="read", ids="x,y,x"), channel())
    assert [event.external_id for event in found if isinstance(event, Receipt)] == ["x", "y"]


async def test_sending_is_writing_the_thread() -> None:
    context = Context(channel=channel(), http=None)  # type: ignore[arg-type]  # nothing is asked of it
    sent = await CHAT.send(
        Outbound(delivery_id="d1", to=Handle(kind="visitor", value="a-anna"), text="hi"), context
    )
    assert sent.external_id == "d1"
    with pytest.raises(Refused):
        await CHAT.send(
            Outbound(delivery_id="d1", to=Handle(kind="email", value="a@b.c"), text="hi"), context
        )


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        ({}, State.CONNECTED),
        ({"hours": "Mon-Fri 09:00-18:00 Asia/Phnom_Penh"}, State.CONNECTED),
        ({"hours": "shop"}, State.CONNECTED),
        ({"hours": "Mon 09:00-18:00"}, State.UNCONFIGURED),
        ({"require_identity": "on"}, State.UNCONFIGURED),
    ],
)
async def test_probe_names_what_is_wrong(settings: dict[str, Any], state: State) -> None:
    health = await CHAT.probe(Context(channel=channel(**settings), http=None))  # type: ignore[arg-type]  # as above
    assert health.state is state
    assert bool(health.remedy) is (state is State.UNCONFIGURED)


def test_hours_in_a_line() -> None:
    hours = parse_hours("Mon-Wed 09:00-12:00, 13:00-18:00; sat 22:00 – 02:00 Asia/Phnom_Penh")
    assert hours.week[0] == hours.week[2] == ((540, 720), (780, 1080))
    assert hours.week[3] == ()
    assert hours.week[5] == ((1320, 1560),)
    for text in (
        "Mon 9-18 UTC",
        "Mon 09:00-18:00 Nowhere/City",
        "Moo 09:00-18:00 UTC",
        "09:00-10:00 UTC",
        "Mon 25:00-26:00 UTC",
        "Mon 09:75-18:00 UTC",
        "UTC",
    ):
        with pytest.raises(HoursInvalid):
            parse_hours(text)


@given(
    st.binary(max_size=500),
    st.dictionaries(
        st.sampled_from(["id", "text", "kind", "ids", "email", "phone", "choice", "_source"]),
        st.text(max_size=40),
    ),
)
def test_anything_at_the_door(junk: bytes, fields: dict[str, str]) -> None:
    for raw in (replace(request(), body=junk), request(token=ANNA, **fields)):
        with contextlib.suppress(Rejected, Unverified):
            SiteChat().verify(raw, channel())
            CHAT.key(raw, channel())
        with contextlib.suppress(Malformed):
            CHAT.parse(raw, channel())
