"""Reading mail: a table of recorded mails, arbitrary bytes, mutated mails, and bombs bounded by counted work."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import connectors.email
from connectors.contract import ChannelConfig, Ignored, InboundMessage, Malformed, RawInput
from connectors.email.connector import connector
from connectors.email.quoted import html_text, replies
from connectors.email.quoted.html_text import Line, is_deep, lines_of
from connectors.email.read import mime
from connectors.email.read.addresses import addresses, message_ids
from connectors.email.read.decode import text_of

CHANNEL = ChannelConfig(
    id=1, slug="mail", name="Mail", settings={"address": "support@our.example", "receive": "smtp_door"}
)
CAME = datetime(2026, 3, 4, tzinfo=UTC)
FIXTURES = Path(connectors.email.__file__).parent / "fixtures"
NAMES = sorted(path.stem for path in FIXTURES.glob("*.eml"))


def parsed(body: bytes, **meta: str) -> InboundMessage:
    [event] = connector.parse(RawInput(transport="smtp", body=body, received_at=CAME, meta=meta), CHANNEL)
    assert isinstance(event, InboundMessage)
    return event


def shown(message: InboundMessage) -> dict[str, Any]:
    handle = message.sender.handles[0]
    return {
        "external_id": message.external_id,
        "at": message.at.isoformat(),
        "subject": message.subject,
        "text": message.text,
        "history": message.history,
        "html": bool(message.html),
        "machine": message.machine,
        "references": list(message.references),
        "failed_ids": list(message.failed_ids),
        "fields": dict(message.fields),
        "forwarded": dict(message.forwarded),
        "sender": {
            "value": handle.value,
            "raw": handle.raw,
            "trust": str(handle.trust),
            "evidence": handle.evidence,
            "name": message.sender.name,
        },
        "attachments": [[file.name, file.mime, file.size, file.content_id] for file in message.attachments],
    }


def test_every_fixture_has_its_expectation() -> None:
    assert sorted(path.stem for path in (FIXTURES / "expected").glob("*.json")) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_recorded_mail(name: str, line_end: bytes) -> None:
    expected = json.loads((FIXTURES / "expected" / f"{name}.json").read_text())
    message = parsed((FIXTURES / f"{name}.eml").read_bytes().replace(b"\r\n", line_end))
    found = shown(message)
    assert expected.pop("history_contains", "") in message.history
    assert message.external_id.startswith(expected.pop("external_id_prefix", ""))
    for key in ("sender", "forwarded"):
        found[key] = {name: found[key].get(name) for name in expected.get(key, {})}
    if line_end == b"\n":  # sizes of text files differ
        expected["attachments"] = [[*row[:2], 0, row[3]] for row in expected.get("attachments", [])]
        found["attachments"] = [[*row[:2], 0, row[3]] for row in found["attachments"]]
        expected = {key: value for key, value in expected.items() if key != "attachments" or value}
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no mail"),
        (b"\x00\x01\xff" * 50, "no mail"),
        (b"Hello, this is just text\r\nwithout any header\r\n", "no mail"),
        (b"Subject: nobody\r\n\r\nhello", "who wrote"),
        (b"From: \r\nSubject: x\r\n\r\n", "who wrote"),
    ],
)
def test_what_is_no_mail_is_malformed(body: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        parsed(body)


def test_a_null_envelope_is_never_answered() -> None:
    assert parsed(b"From: a@x.example\r\nSubject: x\r\n\r\nhi", mail_from="<>").machine == "auto-reply"
    assert parsed(b"Subject: x\r\n\r\nhi", mail_from="<>").machine == "bounce"


def test_archive_by_date() -> None:
    channel = ChannelConfig(
        id=1, slug="m", name="M", settings={"address": "us@our.example", "archive_before": "2026-01-01"}
    )
    kinds = []
    for year in (2025, 2026):
        body = f"From: a@x.example\r\nDate: Mon, 02 Feb {year} 00:00:00 +0000\r\n\r\nhi".encode()
        kinds += [
            event.machine
            for event in connector.parse(RawInput(transport="imap", body=body, received_at=CAME), channel)
        ]
    assert kinds == ["archive", ""]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_message_or_malformed(body: bytes) -> None:
    check(body)
    check(b"From: a@x.example\r\n" + body)
    check(
        b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" + body + b"\r\n--a--"
    )
    check(b"From: a@x.example\r\nContent-Type: text/html; charset=" + body)


MAILS = [path.read_bytes() for path in sorted(FIXTURES.glob("*.eml"))]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(MAILS),
    st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 40), st.binary(max_size=30)), max_size=6),
)
def test_mutated_mail(mail: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for at, cut, new in edits:
        at %= len(mail) + 1
        mail = mail[:at] + new + mail[at + cut :]
    check(mail)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=400),
    st.sampled_from(["utf-8", "utf-7", "hz", "idna", "rot13", "hex", "", "\0"]),
)
def test_decoding_never_raises(text: str, charset: str) -> None:
    assert isinstance(text_of(text.encode("utf-8", "surrogatepass"), charset), str)
    addresses(text)
    message_ids(text)
    words = {word for line in text.split("\n") for word in line.split()}
    new, old = replies.split(replies.plain_lines(text))
    kept = set(re.sub(r"[>\s]+", " ", new + " " + old).split())
    assert {part for word in words for part in re.sub(r"[>\s]+", " ", word).split()} <= kept | {""}


def check(body: bytes) -> None:
    try:
        events = connector.parse(RawInput(transport="smtp", body=body, received_at=CAME), CHANNEL)
    except Malformed:
        return
    event = events[0]
    assert not isinstance(event, Ignored)
    assert isinstance(event, InboundMessage)
    assert event.external_id
    assert event.at.tzinfo is not None
    texts = [
        event.text,
        event.html,
        event.history,
        event.subject,
        event.sender.name,
        *(file.name for file in event.attachments),
    ]
    for text in [*texts, event.external_id, *event.references, event.sender.handles[0].value]:
        assert "\0" not in text
        text.encode("utf-8")
    assert all(file.name and "/" not in file.name for file in event.attachments)
    assert len(event.attachments) <= mime.PARTS + 3


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


@pytest.mark.parametrize(
    ("lines", "new", "old"),
    [
        (["Yes.", "", "-----Original Message-----", "From: a", "x"], "Yes.", "Original"),
        (["Ja.", "", "Am 3. März 2026 um 10:00 schrieb Ann <a@x.example>:", "", "alt"], "Ja.", "schrieb"),
        (
            ["Oui.", "", "Le mar. 3 mars 2026 à 10:00, Ann <a@x.example> a écrit :", "> vieux"],
            "Oui.",
            "vieux",
        ),
        (
            ["Sí.", "", "El mar, 3 mar 2026 a las 10:00, Ann (<a@x.example>) escribió:", "> viejo"],
            "Sí.",
            "viejo",
        ),
        (
            ["Sì.", "", "Il giorno mar 3 mar 2026 alle ore 10:00 Ann <a@x.example> ha scritto:", "> vecchio"],
            "Sì.",
            "vecchio",
        ),
        (["Так.", "", "вт, 3 бер. 2026 р. о 10:00 Ann <a@x.example> пише:", "> старе"], "Так.", "старе"),
        (["Да.", "", '03.03.2026, 10:00, "Ann" <a@x.example>:', "> старое"], "Да.", "старое"),
        (
            [
                "Да.",
                "",
                "От: Ann <a@x.example>",
                "Отправлено: 3 марта 2026 г. 10:00",
                "Кому: b",
                "Тема: т",
                "",
                "old",
            ],
            "Да.",
            "old",
        ),
        (
            ["Ok", "", "On Tue, Mar 3, 2026 at 10:00 AM Ann Lee", "<a@x.example> wrote:", "", "> old"],
            "Ok",
            "old",
        ),
        (["Fine", "", "Sent from my iPhone"], "Fine", "iPhone"),
        (
            [
                "FYI",
                "",
                "---------- Forwarded message ---------",
                "From: B <b@x.example>",
                "Date: x",
                "Subject: y",
                "",
                "news",
            ],
            "news",
            "",
        ),
        (["> only a quote"], "> only a quote", ""),
        (["In 2026 he wrote:", "", "Dear all"], "In 2026 he wrote:", ""),
    ],
)
def test_new_words_and_history(lines: list[str], new: str, old: str) -> None:
    text, history = replies.split(replies.plain_lines("\n".join(lines)))
    assert new in text
    assert (old in history) if old else not history
    assert not old or old not in text


def test_html_says_what_is_history() -> None:
    html = (
        "<div>Agreed.</div><div>Send it.</div><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>"
        "<b>From:</b> Shop<br><b>Sent:</b> Monday</div><div>Our old words</div>"
    )
    lines = lines_of(html)
    assert replies.split(lines) == ("Agreed.\nSend it.", replies.split(lines)[1])
    assert "Our old words" in replies.split(lines)[1]
    assert replies.split([Line(text="a"), Line(text="b", quoted=True)]) == ("a", "> b")
