"""Mails to measure with: first letters and answers, text and HTML, from many people; some 3 kB each."""

from __future__ import annotations

from typing import Final

WORDS: Final = (
    "Hello, is the blue one still there? I would come by tomorrow morning to look at it, if that suits you. "
    "Здравствуйте, подскажите, пожалуйста, сколько стоит доставка до Пномпеня? "
)
QUOTED: Final = "\r\n".join(
    f"> line {n} of what was said before, as most programs quote it" for n in range(12)
)


def mail_of(number: int) -> tuple[bytes, bytes]:
    """Envelope sender and mail. Every third one answers the mail before last of the same person."""
    person = number // 3
    sender = f"person{person}@x{person % 500}.example"
    lines = [
        f"Received: from mx{number % 9}.example by our.example; Thu, 19 Nov 2026 10:00:00 +0000",
        f"From: Person {person} <{sender}>",
        "To: Shop <mail@localhost>",
        f"Message-ID: <{number}.bench@x{person % 500}.example>",
        "Date: Thu, 19 Nov 2026 10:00:00 +0000",
        f"Subject: {'Re: ' if number % 3 else ''}Order {person}",
        "MIME-Version: 1.0",
    ]
    if number % 3:
        lines.append(f"In-Reply-To: <{number - 1}.bench@x{person % 500}.example>")
    if number % 2:
        lines += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", ""]
        text = "\r\n".join([*lines, WORDS * 3, "", "On Thu, 19 Nov 2026, Shop wrote:", QUOTED])
    else:
        html = "".join(f"<p style='margin:0'>{WORDS}</p>" for _ in range(4))
        text = "\r\n".join(
            [
                *lines,
                'Content-Type: multipart/alternative; boundary="b"',
                "",
                "--b",
                "Content-Type: text/plain; charset=utf-8",
                "",
                WORDS * 2,
                "--b",
                "Content-Type: text/html; charset=utf-8",
                "",
                f"<html><body>{html}</body></html>",
                "--b--",
            ]
        )
    return sender.encode(), text.encode()
