"""What manifests make of requests: cases, splits, formats, files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from connectors.contract import (
    CallStep,
    Ignored,
    InboundMessage,
    Malformed,
    Presence,
    Receipt,
    Unread,
    Unsupported,
)
from tests.connectors.manifest.samples import AT, channel, made, request

MESSAGE = """
receive:
  cases:
    - message:
        id: body.id
        sender: {value: body.from, name: body.name}
        text: body.text
        at: body.at
"""


def one(rest: str, body: Any, **fields: Any) -> Any:
    [event] = made(rest).parse(request(body, **fields), channel())
    return event


@pytest.mark.parametrize(
    ("given", "at"),
    [
        (1767603600, AT),
        ("1767603600", AT),
        (1767603600.5, AT.replace(microsecond=500_000)),
        (1767603600000, AT),
        ("2026-01-05T09:00:00Z", AT),
        ("2026-01-05T16:00:00+07:00", AT),
        ("2026-01-05 09:00:00", AT),
        ("Mon, 05 Jan 2026 09:00:00 +0000", AT),
        ("Mon, 05 Jan 2026 04:00:00 -0500", AT),
        (None, AT),
        ("", AT),
    ],
)
def test_times_as_providers_write_them(given: Any, at: datetime) -> None:
    event = one(MESSAGE, {"id": 1, "from": "+12025550123", "at": given})
    assert event.at == at
    assert event.at.tzinfo is UTC


@pytest.mark.parametrize(
    "given", ["soon", True, "9999-12-31T23:59:59-23:59", 1e308, -1, "٣", [1], {}, "0001-01-01", "nan", "inf"]
)
def test_times_that_are_none(given: Any) -> None:
    with pytest.raises(Malformed, match=r"^at "):
        one(MESSAGE, {"id": 1, "from": "+12025550123", "at": given})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"from": "+12025550123"}, "no id"),
        ({"id": "", "from": "+12025550123"}, "no id"),
        ({"id": "x" * 501, "from": "+12025550123"}, "longer than"),
        ({"id": [1], "from": "+12025550123"}, "id: it should be a text"),
        ({"id": 1}, "no sender"),
        ({"id": 1, "from": "12"}, "not a telephone number"),
        ({"id": 1, "from": "9" * 400}, "longer than"),
        ({"id": 1, "from": "+12025550123", "text": {"a": 1}}, "text: it should be a text"),
        ([], "no id"),
    ],
)
def test_what_cannot_be_a_message(body: Any, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        one(MESSAGE, body)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"not json", "application/json"),
        (b'"text"', "application/json"),
        (b"[" * 100 + b"]" * 100, "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a":"\\ud800"}', "application/json"),
        (b"a=%ff", "application/x-www-form-urlencoded"),
        (b"&".join(b"a=%d" % n for n in range(2_000)), "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data"),
    ],
)
def test_bodies_nobody_can_read(body: bytes, kind: str) -> None:
    with pytest.raises((Malformed, Unsupported)):
        one(MESSAGE, body, headers={"content-type": kind})


def test_the_same_body_as_json_form_and_multipart() -> None:
    fields = {"id": "7", "from": "+12025550123", "text": "ភាសា & more", "name": ""}
    form = b"id=7&from=%2B12025550123&text=%E1%9E%97%E1%9E%B6%E1%9E%9F%E1%9E%B6+%26+more&name="
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    multipart = (parts + "--b--\r\n").encode()
    events = [
        one(MESSAGE, fields),
        one(MESSAGE, form, headers={"content-type": "application/x-www-form-urlencoded"}),
        one(MESSAGE, form, headers={}),
        one(MESSAGE, multipart, headers={"content-type": 'multipart/form-data; boundary="b"'}),
        one(MESSAGE, orjson.dumps(fields), headers={"content-type": "application/x-www-form-urlencoded"}),
    ]
    assert events == [events[0]] * 5
    assert events[0].text == "ភាសា & more"


CASES = """
receive:
  split: ["body.items[]", "event.parts[] || event"]
  cases:
    - if: "event.kind == 'ping'"
      ignore: A ping.
    - if: "event.kind == 'text'"
      message: {id: event.id, sender: "parents[0].from || event.from", text: event.text}
    - if: "event.kind == 'seen'"
      receipt: {id: event.id, state: {value: event.state, map: {read: [SEEN, OPENED], ignored: [X]}}}
    - if: "event.kind == 'typing'"
      presence: {sender: event.from}
    - if: "contains(['text', 'call'], event.kind)"
      call:
        call_id: event.id
        step: {const: ended}
        caller: event.from
        outcome: {value: event.why, map: {busy: [B], unknown: ["*"]}}
"""

FROM = "+12025550123"


def test_the_first_case_that_holds_decides() -> None:
    body = {
        "items": [
            {"kind": "ping"},
            {"from": FROM, "parts": [{"kind": "text", "id": "a", "text": "1"}, {"kind": "text", "id": "b"}]},
            {"kind": "text", "id": "c", "from": FROM},
            {"kind": "seen", "id": "m", "state": "Seen"},
            {"kind": "seen", "id": "m", "state": "x"},
            {"kind": "typing", "from": FROM},
            {"kind": "call", "id": "c1", "from": FROM, "why": "b"},
            {"kind": "call", "id": "c2", "from": FROM, "why": "else"},
        ]
    }
    found = made(CASES).parse(request(body), channel())
    assert [type(event) for event in found] == [
        Ignored, InboundMessage, InboundMessage, InboundMessage, Receipt, Ignored, Presence, CallStep, CallStep,
    ]  # fmt: skip
    assert [event.external_id for event in found if isinstance(event, InboundMessage)] == ["a", "b", "c"]
    assert [event.outcome for event in found if isinstance(event, CallStep)] == ["busy", ""]


def test_an_unknown_event_holds_up_no_other_but_is_never_dropped() -> None:
    new = {"kind": "hologram", "id": "h"}
    with pytest.raises(Unsupported, match="kind “hologram”"):
        made(CASES).parse(request({"items": [new]}), channel())
    known, told = made(CASES).parse(
        request({"items": [new, {"kind": "text", "id": "c", "from": FROM}]}), channel()
    )
    assert isinstance(known, InboundMessage)
    assert isinstance(told, Unread)
    assert told.reason == "Event 1 of 2 is something new from the provider: kind “hologram”"
    with pytest.raises(Unsupported, match="“GONE” is not in the manifest's map"):
        made(CASES).parse(request({"items": [{"kind": "seen", "id": "m", "state": "GONE"}]}), channel())


def test_nothing_where_events_should_be() -> None:
    for body in ({}, {"items": []}, {"items": None}, [], {"items": {}}):
        with pytest.raises(Unsupported):
            made(CASES).parse(request(body), channel())


def test_a_thousand_events_and_no_more() -> None:
    ping = {"kind": "ping"}
    assert len(made(CASES).parse(request({"items": [ping] * 1_000}), channel())) == 1_000
    with pytest.raises(Malformed, match="more than 1000"):
        made(CASES).parse(request({"items": [ping] * 1_001}), channel())


def test_files_by_address_by_ref_and_as_they_are() -> None:
    rest = """
receive:
  cases:
    - message:
        id: body.id
        sender: body.from
        attachments:
          - {each: "body.files", url: item.url, name: item.name, mime: item.type, size: item.size}
          - {each: "[body.photo][?id]", ref: item.id}
          - {content: body.upload.content, name: body.upload.name, mime: body.upload.mime}
"""
    full = {"url": "https://x.example/a", "name": "a.pdf", "type": "application/pdf; x=1", "size": "12"}
    body: Any = {"id": 1, "from": FROM, "files": [full, {"name": "no address"}], "photo": {"id": "p1"}}
    event = one(rest, body)
    assert [(f.name, f.mime, f.size, f.url, f.ref) for f in event.attachments] == [
        ("a.pdf", "application/pdf", 12, "https://x.example/a", ""),
        ("file", "application/octet-stream", 0, "", "p1"),
    ]
    body = (
        b'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="from"\r\n\r\n'
        b'+12025550123\r\n--b\r\nContent-Disposition: form-data; name="upload"; filename="a.bin"\r\n'
        b"Content-Type: application/x\r\n\r\n\x00\xff\r\n--b--\r\n"
    )
    event = one(rest, body, headers={"content-type": "multipart/form-data; boundary=b"})
    [file] = event.attachments
    assert (file.content, file.name, file.mime, file.size) == (b"\x00\xff", "a.bin", "application/x", 2)


def test_secrets_are_out_of_reach_of_expressions() -> None:
    rest = """
receive:
  cases:
    - message: {id: body.id, sender: body.from, text: settings.key, subject: settings.base, thread: channel.slug}
"""
    event = one(rest, {"id": 1, "from": FROM})
    assert (event.text, event.subject, event.thread) == ("", "https://api.sample.example", "sample")


def test_keys_make_repeats_harmless() -> None:
    connector = made("receive: {key: body.event_id, cases: [{ignore: All.}]}")
    assert connector.key(request({"event_id": 7}), channel()) == "7"
    assert connector.key(request({"event_id": 7}, headers={"idempotency-key": "k"}), channel()) == "k"
    assert connector.key(request({"event_id": [7]}), channel()) is None
    assert connector.key(request(b"broken"), channel()) is None
