"""Mails made to cost much, and what it costs to read them: `python -m tests.connectors.email.bombs [NAME ...]`."""

from __future__ import annotations

import contextlib
import json
import re
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from connectors.contract import ChannelConfig, Malformed, RawInput
from connectors.email.parse import parse

CAME = datetime(2026, 3, 4, tzinfo=UTC)
HEAD = b"From: Ann <a@x.example>\r\nSubject: x\r\n"
MEGABYTE = 1024 * 1024


def nested(levels: int, *, tail: int = 0) -> bytes:
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels)
    )
    return HEAD + head + b"\r\ninnermost\r\n" + b"x" * tail


def parts(count: int, body: bytes = b"x") -> bytes:
    one = b"--a\r\nContent-Type: image/png; name=a.png\r\n\r\n" + body + b"\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + one * count + b"--a--\r\n"


def calendar(lines: bytes) -> bytes:
    event = (
        b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n" + lines + b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return HEAD + b"Content-Type: text/calendar\r\n\r\n" + event


def bounce(text: bytes) -> bytes:
    return b"Return-Path: <>\r\nFrom: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n" + text


def report(text: bytes) -> bytes:
    kind = b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n"
    return (
        b"From: MAILER-DAEMON@x.example\r\n"
        + kind
        + b"--r\r\nContent-Type: message/delivery-status\r\n\r\n"
        + text
        + b"\r\n--r--\r\n"
    )


def tnef_bomb() -> bytes:
    objects = b"\x02\x02\x90\x00\x00\x00\x00\x00\x00\x00\x00" * 200_000
    lie = b"\x01\x03\x90\x00\x00\xff\xff\x00\x00" + b"\xff\xff\xff\xff\x03\x10" * 10_000
    return HEAD + b"Content-Type: application/ms-tnef\r\n\r\n" + b"\x78\x9f\x3e\x22\x00\x00" + lie + objects


BOMBS: dict[str, Callable[[], bytes]] = {
    "nesting": lambda: nested(3_000),
    "nesting_and_a_long_tail": lambda: nested(95, tail=3 * MEGABYTE),
    "one_boundary_at_all_levels": lambda: HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 30_000,
    "many_parts": lambda: parts(60_000),
    "boundaries_that_are_none": lambda: HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a-\n" * 500_000,
    "many_headers": lambda: HEAD + b"X-A: b\r\n" * 300_000 + b"\r\nhi",
    "one_long_header": lambda: b"From: a@x.example\r\nSubject: " + b"=?utf-8?Q?" * 200_000 + b"\r\n\r\nhi",
    "folded_header": lambda: HEAD + b"References: " + b"<a@b>\r\n " * 200_000 + b"\r\n\r\nhi",
    "address_list": lambda: b"From: a@x.example\r\nReply-To: " + b'"a\\"' * 60_000
    + b"\r\nTo: " + b"a@b, " * 50_000 + b"\r\n\r\nhi",
    "parameters": lambda: HEAD + b"Content-Disposition: attachment" + b';a="' * 60_000 + b"\r\n\r\nhi",
    "segments": lambda: HEAD + b"Content-Disposition: attachment" + b"; filename*0*=%41" * 20_000 + b"\r\n\r\nhi",
    "authentication": lambda: HEAD + b"Authentication-Results: " + b"(((" * 60_000 + b"; dmarc=fail\r\n\r\nhi",
    "deep_html": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 400_000,
    "unclosed_html": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a " * 400_000,
    "comments_html": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 300_000,
    "quotes": lambda: HEAD + b"\r\n" + b"> " * 800_000,
    "attributions": lambda: HEAD + b"\r\n" + b"On Mon, a b c d\n" * 100_000,
    "spaces": lambda: HEAD + b"\r\n" + b" " * (2 * MEGABYTE) + b"\r\nE-mail:" + b" " * MEGABYTE + b"x",
    "labels": lambda: b"From: us@our.example\r\n\r\n" + b"E-mail: a@\r\n" * 200_000,
    "quoted_printable": lambda: HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=41" * 700_000,
    "broken_base64": lambda: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD*" * 600_000,
    "uuencoded": lambda: HEAD + b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 x\n" + b"M" + b"A" * 60 + b"\n" * 300_000,
    "unknown_charset": lambda: HEAD + b"Content-Type: text/plain\r\n\r\n" + bytes(range(128, 256)) * 16_000,
    "utf7": lambda: HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AAA" * 500_000,
    "tnef": tnef_bomb,
    "calendar_lines": lambda: calendar(b"X-A;B=" + b'"' * 3 + b"a:b\r\n" * 10_000),
    "calendar_nesting": lambda: calendar(b"BEGIN:VALARM\r\n" * 4_000),
    "calendar_rule": lambda: calendar(b"RRULE:FREQ=DAILY;BYDAY=" + b"MO," * 15_000 + b"\r\nDTSTART:" + b"9" * 5_000 + b"\r\n"),
    "calendar_zone": lambda: calendar(b"DTSTART;TZID=" + b"../" * 10_000 + b"etc/passwd:20260101T000000\r\n"),
    "bounce_addresses": lambda: bounce(b"could not be delivered to a@b.cc " * 60_000),
    "bounce_words": lambda: bounce(b"quota exceeded account host domain user " * 60_000),
    "bounce_returned": lambda: bounce(b"=" * 500_000 + b"\n" + b"-- original " * 50_000),
    "bounce_cyrillic": lambda: bounce("адрес ящик пользователь ".encode() * 60_000),
    "report_blocks": lambda: report(b"Final-Recipient: rfc822; a@b.cc\r\nAction: failed\r\n\r\n" * 30_000),
    "report_fold": lambda: report(b"Diagnostic-Code: smtp;" + b"\r\n a" * 300_000),
    "message_ids": lambda: bounce(b"could not be delivered\r\n" + b"Message-ID: <\r\n" * 150_000),
    "disposition": lambda: HEAD + b"Content-Type: message/disposition-notification\r\n\r\n" + b"disposition:" * 100_000,
    "a_mail_of_25_mb": lambda: parts(6, b"Q" * 4 * MEGABYTE),
    "a_file_of_18_mb": lambda: HEAD + b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n"
    + b"QUJD" * 6 * MEGABYTE,
    "cms_chunks": lambda: HEAD + b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\n"
    + bytes.fromhex("3080 06092a864886f70d010702 a080 3080 06092a864886f70d010701 a080 2480") + b"\x04\x01a" * 700_000,
}  # fmt: skip


def main(names: list[str]) -> None:
    channel = ChannelConfig(
        id=1, slug="m", name="M", settings={"address": "us@our.example", "receive": "smtp_door"}
    )
    for warm in (HEAD + b"\r\nhi", calendar(b"SUMMARY:a\r\n"), HEAD + b"\r\n" + "Жё".encode("cp1251") * 300):
        parse(RawInput(transport="smtp", body=warm, received_at=CAME), channel)
    for name in names:
        print(json.dumps({"name": name, **_cost(name, channel)}))


def _cost(name: str, channel: ChannelConfig) -> dict[str, float]:
    bomb = BOMBS[name]()
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
    before = _most()
    began, worked = time.perf_counter(), time.process_time()
    with contextlib.suppress(Malformed):
        parse(RawInput(transport="smtp", body=bomb, received_at=CAME), channel)
    return {
        "seconds": time.process_time() - worked,
        "wall": time.perf_counter() - began,
        "megabytes": _most() - before,
        "size": len(bomb) / MEGABYTE,
    }


def _most() -> float:
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1:] or list(BOMBS))
