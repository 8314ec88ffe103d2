"""Reading mail: a table of recorded mails, arbitrary bytes, mutated mails."""

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
from connectors.email.quoted import replies
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
