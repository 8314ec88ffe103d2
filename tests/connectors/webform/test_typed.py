"""What people and services type into forms: addresses, numbers, trials, repeats, anything at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Ignored, InboundMessage, Malformed, Rejected
from connectors.webform.connector import WebForm
from tests.connectors.webform.test_shapes import ADA, CHANNEL, MAIL, PHONE, SHAPES, URLENCODED, request, taken


def test_signs_that_a_page_could_not_write() -> None:
    written = "".join(f"&#{ord(char)};" for char in "Ольга")
    message = taken({"name": written, "email": MAIL, "message": "&#x41;&#1044;&#0;&amp;"}, URLENCODED)
    assert (message.sender.name, message.text) == ("Ольга", "AД&#0;&amp;")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("taro..77.@docomo.ne.jp", "taro..77.@docomo.ne.jp"),
        (".sora.@ezweb.ne.jp", ".sora.@ezweb.ne.jp"),
        ("ada@stone.example.", MAIL),
        ("ada@stone.example,", MAIL),
        ("Ada <ada@stone.example>", MAIL),
        ("mailto:ada@stone.example", MAIL),
        ("ada@stone.example\u200b", MAIL),
        ("\ufeffada@stone.example", MAIL),
        ("ａｄａ＠stone.example", MAIL),
        ("ada shop@stone.example", "ada+shop@stone.example"),
        ("my mail is ada@stone.example", MAIL),
        ("ada@stone.example / ben@stone.example", MAIL),
        ("ada @ stone.example", MAIL),
        ("write to ada@ stone.example", MAIL),
    ],
)
def test_mail_addresses_as_people_type_them(typed: str, address: str) -> None:
    assert taken({"name": "A", "email": typed, "message": "hi"}).sender.handles[0].value == address


@pytest.mark.parametrize(
    "typed",
    ["+5493516315733 ext.", "+549 351 631 5733 (Dara)", "my number is +5493516315733, call after 5pm"],
)
def test_numbers_with_words_beside_them(typed: str) -> None:
    assert [
        handle.value for handle in taken({"name": "A", "phone": typed, "message": "hi"}).sender.handles
    ] == ["+5493516315733"]


def test_a_bad_address_beside_a_good_number_costs_nothing() -> None:
    message = taken({"name": "A", "phone": PHONE, "email": "ada at stone", "message": "hi"}, URLENCODED)
    assert [handle.value for handle in message.sender.handles] == [PHONE]
    assert message.fields == {"Email": "ada at stone"}


def test_answers_that_are_named_like_what_pages_tell() -> None:
    answers = {
        "page": "Landing page please",
        "visits": "3 a week",
        "next": "call me tomorrow",
        "referrer": "my sister Ann",
    }
    message = taken({"name": "A", "email": MAIL, "message": "m", **answers}, URLENCODED)
    assert message.fields == answers
    pages = {
        "page": "https://x.example/a",
        "referrer": "https://y.example/",
        "visits": "[]",
        "landing_page": "",
    }
    plain = taken({"email": MAIL, "message": "m", **pages}, URLENCODED)
    assert plain.fields == {}
    assert plain.source
    assert (plain.source.page, plain.source.referrer) == ("https://x.example/a", "https://y.example/")


@pytest.mark.parametrize(
    "fields",
    [
        {"Full Name": ADA, "Mobile Number": "call me"},
        {"Street": "River Road 5", "Wish": "Please come by on Monday"},
        {"stars": "5"},
        {"Mail us back": "at home", "Text": "hi"},
    ],
)
def test_whoever_leaves_no_address_is_heard(fields: dict[str, str]) -> None:
    message = taken(fields, URLENCODED)
    [handle] = message.sender.handles
    assert (handle.kind, handle.trust) == ("visitor", "claimed")
    said = f"{message.sender.name} {message.text} {dict(message.fields)}"
    assert all(value in said for value in fields.values())
    assert taken(fields, URLENCODED).sender.handles[0].value == handle.value, "the same at every reading"


def test_our_own_fields_are_told_what_is_wrong_with_them() -> None:
    for fields in ({"message": "x"}, {"email": "a@", "message": "x"}, {"phone": "12", "message": "x"}):
        with pytest.raises(Rejected):
            WebForm().verify(request(fields), CHANNEL)


def test_a_service_that_tries_the_door_is_no_lead() -> None:
    [event] = WebForm().parse(request({"test": "test"}, URLENCODED), CHANNEL)
    assert isinstance(event, Ignored)


def test_a_request_that_a_service_sends_again_is_known() -> None:
    for shape in ("Jotform", "Typeform", "Tally"):
        body, kind = SHAPES[shape]
        assert (
            WebForm().key(request(body, kind), CHANNEL)
            == WebForm().key(request(body, kind), CHANNEL)
            is not None
        )


def test_a_long_text_is_no_form() -> None:
    form, raw = WebForm(), request(b"[" + b"1," * 600_000 + b"1]", "application/json")
    with pytest.raises(Rejected) as caught:
        form.verify(raw, CHANNEL)
    assert caught.value.status == 413


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "value",
                    "fields",
                    "answers",
                    "data",
                    "email",
                    "label",
                    "definition",
                    "form_response",
                    "x",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(ANYTHING)
def test_any_shape_is_read_or_malformed(data: Any) -> None:
    form, raw = WebForm(), request(data)
    try:
        for event in form.parse(raw, CHANNEL):
            assert isinstance(event, InboundMessage | Ignored)
    except Malformed:
        pass
    form.key(raw, CHANNEL)
    assert form.answer(raw, CHANNEL, 1).status in (200, 400)
