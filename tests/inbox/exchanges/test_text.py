"""What is kept of an exchange with a provider: its beginning, and no secret in any spelling."""

from __future__ import annotations

import base64
import html
import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from connectors.contract import Exchange
from inbox.exchanges.text import LONGEST, Written, hidden, written

TOKEN = '123456:AAH-d/k+"q é'
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def kept(message_id: int | None = None, secrets: tuple[str, ...] = (TOKEN,), **fields: Any) -> Written:
    given: dict[str, Any] = {"protocol": "http", "request": "POST https://api.example/x", **fields}
    return written(Exchange(**given), channel_id=1, message_id=message_id, at=NOW, secrets=secrets)


@pytest.mark.parametrize(
    "fields",
    [
        {"request": f"POST https://api.example/bot{TOKEN}/sendMessage"},
        {"request": f"GET https://api.example/x?k={quote(TOKEN, safe='')}&text=a"},
        {"sent": {"deep": [{"k": TOKEN}]}},
        {"sent": f"k={quote(TOKEN, safe='')}".encode()},
        {"answer": b'{"error": "bad key ' + TOKEN.replace('"', '\\"').encode() + b'"}'},
        {"reason": f"The line to {TOKEN} broke."},
        {"sent": "x" * (LONGEST - 5) + TOKEN},  # begins before the cut
    ],
)
def test_the_channels_secrets_are_taken_out_by_value(fields: dict[str, Any]) -> None:
    row = kept(**fields)
    told = " ".join((row.request, row.sent, row.answer, row.reason))
    for way in (TOKEN, quote(TOKEN, safe=""), "AAH-d"):
        assert way not in told
    assert "*" in told


@pytest.mark.parametrize(
    "said",
    [
        json.dumps({"echo": TOKEN}).replace("/", "\\/")
        + " " * 70_000,  # as PHP writes it, too long to be read
        json.dumps(TOKEN, ensure_ascii=False).replace("/", "\\/"),
        json.dumps(TOKEN).replace("\\u00e9", "\\u00E9"),
        re.sub("%..", lambda escape: escape[0].lower(), quote(TOKEN, safe="")),
        quote(TOKEN),
        quote(quote(TOKEN, safe=""), safe=""),
        html.escape(TOKEN),
    ],
)
def test_no_spelling_of_a_secret_is_kept(said: str) -> None:
    row = kept(request=f"GET https://api.example/x?a={said}", answer=said.encode(), reason=said)
    assert not [text for text in (row.request, row.answer, row.reason) if "AAH" in text]


@pytest.mark.parametrize("user", ["", "u", "us", "use", "user:"])
def test_base64_with_a_secret_in_it_does_not_give_it_away(user: str) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        said = encode((user + "SecretOfTheChannel9?>?" + "..").encode()).decode()
        [left] = [row.answer for row in [kept(secrets=("SecretOfTheChannel9?>?",), answer=said.encode())]]
        assert "***" in left
        assert len(left) < len(user) * 2 + 16


def test_a_secret_that_begins_another_leaves_nothing_of_it() -> None:
    assert hidden("abcdefghXYZ123", ("abcdefgh", "abcdefghXYZ123")) == "***"


def test_a_password_in_an_address_is_kept_nowhere() -> None:
    told = "https://u:hunter2@api.example/"
    row = kept(secrets=(), sent={"to": told, "mail": "a@b.example"}, answer=told.encode(), reason=told)
    assert "hunter2" not in row.sent + row.answer + row.reason
    assert "a@b.example" in row.sent
    assert kept(sent={"to": "https://api.example", "mail": "a@b.example"}).sent.count("example") == 2


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('{"access_token": "ya29.x", "expires_in": 3599}', "ya29.x"),
        ('{"a": {"Client-Secret" : "s\\"1x", "b": 1}}', '1x"'),
        ("grant_type=refresh_token&refresh_token=1//r&scope=a", "1//r"),
        ("https://api.example/?api_key=k77&x=1", "k77"),
        ("https://u:hunter2@api.example/", "hunter2"),
        ('--b\r\nContent-Disposition: form-data; name="api_key"\r\n\r\nk77\r\n--b', "k77"),
        ('{"password": "cut off in the mid', "cut off"),
        ('{"raw": "{\\"access_token\\": \\"ya29.x\\", \\"a\\": 1}"}', "ya29.x"),
        ("<r><access_token>ya29.x</access_token></r>", "ya29.x"),
    ],
)
def test_what_its_name_calls_a_secret_is_taken_out(text: str, secret: str) -> None:
    row = kept(secrets=(), request=f"POST {text}" if text.startswith("http") else "POST /", sent=text)
    assert secret not in (row.request if text.startswith("http") else row.sent)


def test_a_short_secret_goes_where_it_stands_alone_and_words_stay() -> None:
    assert hidden("pin=42 and 142 and 42", ("42",)) == "pin=*** and 142 and ***"
    assert hidden("Nothing of it", ("thing",)) == "Nothing of it"
    assert kept(secrets=("1:x",), request="POST https://api.example/bot1:x/getMe").request.endswith(
        "/bot***/getMe"
    )


def test_bodies_are_cut_and_bytes_told_by_their_size() -> None:
    row = kept(sent=b"\x89PNG\r\n\0\0" * 1000, answer=b"a" * 1_000_000)
    assert row.sent == "(8,000 bytes)"
    assert row.answer == "a" * LONGEST
    assert kept(sent="a\0b\ud800").sent == "ab?"
    assert kept(answer=b'{"a": "\\u0414\\u0430"}').answer == '{"a":"Да"}'
    assert kept(answer=b'{"a": "\\u0414').answer == '{"a": "\\u0414'
    assert kept(sent={"text": "Привет"}).sent == '{"text":"Привет"}'


def test_reads_that_repeat_have_one_digest_and_tries_of_a_message_none() -> None:
    poll: dict[str, Any] = {
        "request": "POST https://api.example/getUpdates",
        "answer": b'{"ok":true,"result":[]}',
    }
    assert kept(**poll).digest == kept(**poll, seconds=3.0).digest is not None
    other: dict[str, Any] = {**poll, "answer": b'{"ok":true,"result":[1]}'}
    assert kept(**other).digest != kept(**poll).digest
    assert kept(message_id=7, **poll).digest is None


@pytest.mark.parametrize(
    ("fields", "is_fine"),
    [
        ({"status": 200}, True),
        ({"status": 404}, False),
        ({"status": 250}, True),
        ({"reason": "broke"}, False),
        ({}, True),
    ],
)
def test_what_went_well(fields: dict[str, Any], is_fine: bool) -> None:
    assert kept(**fields).is_fine is is_fine
