"""Mails built to hurt: bombs of parts and of nesting, bounded by counted work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.contract import ChannelConfig, InboundMessage, RawInput
from connectors.email.connector import connector
from connectors.email.quoted import html_text, replies
from connectors.email.quoted.html_text import is_deep, lines_of
from connectors.email.read import mime

CHANNEL = ChannelConfig(
    id=1, slug="mail", name="Mail", settings={"address": "support@our.example", "receive": "smtp_door"}
)

CAME = datetime(2026, 3, 4, tzinfo=UTC)


def parsed(body: bytes, **meta: str) -> InboundMessage:
    [event] = connector.parse(RawInput(transport="smtp", body=body, received_at=CAME, meta=meta), CHANNEL)
    assert isinstance(event, InboundMessage)
    return event


def nested(levels: int) -> bytes:
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels)
    )
    return b"From: a@x.example\r\nSubject: deep\r\n" + head + b"\r\ninnermost\r\n"


def test_nesting_ends_at_a_depth_and_nothing_is_lost() -> None:
    assert parsed(nested(20)).text == "innermost"
    deep = parsed(nested(3_000))
    assert len(deep.attachments) == 1
    assert "levels" in deep.attachments[0].note
    assert b"innermost" in (deep.attachments[0].content or b"")


def test_the_work_on_nested_parts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: the bytes that are searched stay a small multiple of the mail."""
    searched = 0
    whole = mime.split_head

    def counting(raw: bytes) -> Any:
        nonlocal searched
        searched += len(raw)
        return whole(raw)

    monkeypatch.setattr(mime, "split_head", counting)
    body = nested(90) + b"x" * 1_000_000
    parsed(body)
    assert searched < (mime.WORK + 2) * len(body)


def test_a_bomb_of_parts_is_kept_as_a_rest() -> None:
    parts = b"".join(
        b"--a\r\nContent-Disposition: attachment; filename=%d\r\n\r\nx%d\r\n" % (n, n) for n in range(5_000)
    )
    message = parsed(
        b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" + parts + b"--a--\r\n"
    )
    assert len(message.attachments) <= mime.PARTS + 1
    assert "kept together" in message.attachments[-1].note


@pytest.mark.parametrize(
    "text",
    [
        "On " * 27_000,
        "On Mon, a b c d\n" * 5_000,
        "From: a\n" * 20_000,
        "> " * 40_000,
        "-----Original Message\n" * 4_000,
        "On\n" * 30_000,
        "2026 12:00 <" * 7_000,
        "a@b" * 30_000,
    ],
)
def test_hostile_text_is_read_line_by_line(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: each line is asked a bounded number of times whether it is an attribution."""
    asked = 0
    whole = replies.is_attribution

    def counting(line: str, *, quoted_next: bool) -> bool:
        nonlocal asked
        asked += 1
        assert len(line) <= 4 * replies.LONG + 8
        return whole(line, quoted_next=quoted_next)

    monkeypatch.setattr(replies, "is_attribution", counting)
    new, old = replies.split(replies.plain_lines(text))
    assert new or old or not text.strip("> ")
    assert asked <= 10 * replies.EXAMINED


def test_deep_html_never_reaches_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = "<div>" * 50_000 + "words"
    assert is_deep(bomb)
    assert not is_deep("<p>x<br><li>y" * 5_000 + "<table><tr><td>" * 20)
    assert is_deep("".join(f"<p><b c={n}>" for n in range(400)) + "<p>x" * 1_000)
    assert is_deep("<li><dd>" * 1_000)
    assert not is_deep(
        "<ul>" + "<li>a" * 2_000 + "</ul><dl>" + "<dt>a<dd>b" * 2_000 + "</dl><ul><li>z</ul>" * 300
    )
    monkeypatch.setattr(html_text, "LexborHTMLParser", None)
    assert [line.text for line in lines_of(bomb) if line.text] == ["words"]
    message = parsed(b"From: a@x.example\r\nContent-Type: text/html\r\n\r\n" + bomb.encode())
    assert (message.text, message.html) == ("words", "")
    assert message.attachments[0].name == "message.html"
