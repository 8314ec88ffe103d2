"""Coverage-guided fuzzing of mail reading: `python -m tests.connectors.email.fuzz [SECONDS]`, with requirements/fuzz.lock.

A mail that breaks a rule is written to the current folder as `crash-…`; make it a fixture or a row of a table.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

TOKENS = [
    b"\r\n", b"\r\n\r\n", b"\n ", b"--a\r\n", b"--a--\r\n", b"--b\r\n", b"Content-Type: multipart/mixed; boundary=a\r\n\r\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n", b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Type: message/delivery-status\r\n\r\n", b"Final-Recipient: rfc822; b@x.example\r\n", b"Action: failed\r\n",
    b"Action: delayed\r\n", b"Status: 5.1.1\r\n", b"Diagnostic-Code: smtp; 550 no\r\n", b"Return-Path: <>\r\n",
    b"From: MAILER-DAEMON@x.example\r\n", b"From: support@our.example\r\n", b"Reply-To: \"a\\\" <b@c.example>, d@e\r\n",
    b"Subject: =?utf-8?B?0J/RgNC4?= =?koi8-r?Q?=D0?=\r\n", b"Subject: Undelivered Mail\r\n", b"Message-ID: <r1@our.example>\r\n",
    b"Original-Message-ID: <r1@our.example>\r\n", b"Disposition: manual-action; displayed\r\n", b"Date: 31 Feb 99999 25:00\r\n",
    b"Content-Type: message/disposition-notification\r\n\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n", b"Content-Transfer-Encoding: uuencode\r\n", b"begin 644 a\r\nM",
    b"Content-Type: text/calendar; method=REQUEST\r\n\r\n", b"BEGIN:VCALENDAR\r\n", b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n",
    b"END:VCALENDAR\r\n", b"METHOD:REPLY\r\n", b"DTSTART;TZID=Europe/Kyiv:20260304T101112\r\n", b"DTSTART:20269999T\r\n",
    b"DTSTART;VALUE=DATE:20260304\r\n", b"ORGANIZER;CN=\"A\":mailto:a@x.example\r\n", b"ATTENDEE;PARTSTAT=ACCEPTED:x\r\n",
    b"RRULE:FREQ=WEEKLY;COUNT=x\r\n", b"SUMMARY:a\\,b\r\n",
    b"Content-Type: application/ms-tnef\r\n\r\n", b"\x78\x9f\x3e\x22\x00\x00",
    b"\x01\x03\x90", b"\x02\x05\x90", b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\n",
    bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701a080248004"), b"\x30\x80", b"\xff\xfe\x00",
    b"filename*0*=utf-8''%D0; filename*1*=%9F", b"Content-Disposition: attachment; filename=\"", b"charset=utf-7\r\n\r\n+AAA-",
    b"Authentication-Results: a; dmarc=fail (b; spf=pass)\r\n", b"X-Failed-Recipients: a@b.cc\r\n", b"> On Mon, a wrote:\r\n",
    b"could not be delivered to <a@b.cc>", b"550 5.1.1 user unknown\r\n", b"<div class=gmail_quote>", b"<blockquote>", b"&#0;",
    b"E-mail: a@b.cc\r\n", "Имя: Анна\r\n".encode(), "сообщение не доставлено".encode("cp1251"), "无法投递".encode("gb18030"),
]  # fmt: skip


def main(seconds: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["connectors.email", "icalendar"]):
        from tests.connectors.email.whole import check

    import connectors.email

    fixtures = Path(connectors.email.__file__).parent / "fixtures"
    with tempfile.TemporaryDirectory() as folder:
        for path in fixtures.glob("*.eml"):
            (Path(folder) / path.name).write_bytes(path.read_bytes())
        words = Path(folder) / "words.dict"
        words.write_text("".join(f'"{_escaped(token)}"\n' for token in TOKENS))
        options = [
            f"-dict={words}",
            f"-max_total_time={seconds}",
            "-max_len=8192",
            "-timeout=5",
            "-rss_limit_mb=1024",
        ]
        atheris.Setup([sys.argv[0], *options, folder], check)
        atheris.Fuzz()


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
