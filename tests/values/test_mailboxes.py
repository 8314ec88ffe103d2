"""One mailbox is one address, however it is quoted: in mail, in forms and where people type it."""

from __future__ import annotations

import pytest

from connectors.email.read.addresses import addresses
from connectors.webform.people import email_of
from crm_core import normal
from values.mailboxes import unquoted

ONE = [
    ('"a..b."@docomo.ne.jp', "a..b.@docomo.ne.jp"),
    ('".sora"@docomo.ne.jp', ".sora@docomo.ne.jp"),
    ('"taro..77."@ezweb.ne.jp', "taro..77.@ezweb.ne.jp"),
    ('"anna"@mail.example', "anna@mail.example"),
    ('"a\\.b"@mail.example', "a.b@mail.example"),
]


@pytest.mark.parametrize(("quoted", "plain"), ONE)
def test_quotes_for_the_dots_alone_are_none(quoted: str, plain: str) -> None:
    assert unquoted(quoted) == unquoted(plain) == plain
    assert normal.email(quoted.upper()) == normal.email(plain) == plain
    found = [*addresses(f"Taro <{quoted}>"), *addresses(f"Taro <{plain}>, {quoted}")[:1]]
    assert {one.value for one in found} == {plain}
    assert email_of(quoted) == email_of(f" {plain} ") == email_of(f"Taro <{quoted}>") == plain


@pytest.mark.parametrize(
    "kept", ['"a b"@x.example', '"a@b"@x.example', '"@x.example', 'a"b@x.example', '""@x.example', "a@b", ""]
)
def test_what_needs_its_quotes_keeps_them(kept: str) -> None:
    assert unquoted(kept) == kept


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("vuthy shop@gmail.example", "vuthy+shop@gmail.example"),
        ("vuthy shop sale@gmail.example", "vuthy+shop+sale@gmail.example"),
        ("ann.lee shop 2026 x@gmail.example", "ann.lee+shop+2026+x@gmail.example"),
        ("please write anna@mail.example", "anna@mail.example"),
        ("my email is anna@mail.example", "anna@mail.example"),
        ("пишите на anna@mail.example", "anna@mail.example"),
        ("a b c d e@mail.example", "e@mail.example"),
    ],
)
def test_lost_pluses_and_sentences(typed: str, address: str) -> None:
    assert email_of(typed) == address
