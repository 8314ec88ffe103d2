"""A varied set of mails, the same every time: the shipped ones, and others made in many languages, charsets and shapes."""

from __future__ import annotations

import base64
import quopri
import random
from collections.abc import Iterator
from pathlib import Path

import connectors.email

FIXTURES = Path(connectors.email.__file__).parent / "fixtures"
SAID = (
    ("utf-8", "Hello, we would like to order 200 boxes to Phnom Penh. What is the price?", "On Tue, Ann <a@x.example> wrote:"),
    ("utf-8", "Здравствуйте! Сколько стоит доставка до Пномпеня?", "вт, 3 мар. 2026 г. в 10:00, Ann <a@x.example>:"),
    ("windows-1251", "Добрый день, пришлите прайс-лист и сроки.", "03.03.2026 10:00, Ann пишет:"),
    ("koi8-r", "Хотим заказать сто штук синих.", "Ann <a@x.example> писал(а):"),
    ("utf-8", "សួស្តី តើតម្លៃដឹកជញ្ជូនប៉ុន្មាន?", "នៅ ថ្ងៃអង្គារ Ann <a@x.example> បានសរសេរ:"),
    ("gb18030", "你好，我想订购这个产品，请报价。", "Ann <a@x.example> 于2026年3月3日写道："),
    ("iso-2022-jp", "見積もりをお願いします。", "2026年3月3日(火) 10:00 Ann <a@x.example>:"),
    ("iso-8859-1", "Können Sie uns ein Angebot für größere Mengen schicken?", "Am 3.3.2026 schrieb Ann <a@x.example>:"),
    ("utf-8", "مرحبا، كم سعر الشحن؟", "كتب Ann <a@x.example>:"),
)  # fmt: skip
TIMES = (*(1,) * 12, *(5,) * 4, 40)
SHAPES = ("plain", "alternative", "alternative", "html", "files", "related", "forward", "history", "raw")


def mails(count: int = 2_000) -> list[bytes]:
    """The set: mostly small, some of hundreds of kilobytes, a few of many megabytes."""
    shipped = [path.read_bytes() for path in sorted(FIXTURES.glob("*.eml"))]
    rng = random.Random(20260304)
    made = [_mail(rng, number) for number in range(count - len(shipped) - 4)]
    heavy = [_with_file(rng, megabytes) for megabytes in (5, 10, 18, 18)]
    return [*shipped, *made, *heavy]


def one_megabyte(number: int) -> bytes:
    """A mail of 1 MB with its own Message-ID: text, HTML, a picture and a file."""
    rng = random.Random(number % 50)
    head = _head(rng, number) + b'Content-Type: multipart/mixed; boundary="mb"\r\n\r\n'
    text = (
        b"--mb\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + ("Привет, " * 2_000).encode() + b"\r\n"
    )
    html = (
        b"--mb\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>"
        + b"<b>hello</b> you<br>" * 2_000
        + b"\r\n"
    )
    return head + text + html + _file(rng, 700_000, "image/jpeg", "photo.jpg") + b"--mb--\r\n"


def _mail(rng: random.Random, number: int) -> bytes:
    charset, said, attribution = rng.choice(SAID)
    shape = rng.choice(SHAPES)
    lines = [said] * rng.choice((1, 2, 3, 8, 30))
    text = "\r\n".join(["", *lines, "", "--", "Ann Lee", "+855 12 345 678", ""])
    if shape == "history":
        text += f"\r\n{attribution}\r\n" + "\r\n".join(
            f"> {said}" for _ in range(rng.choice((5, 5, 20, 60, 400)))
        )
    return _head(rng, number, said if shape != "raw" else "", charset) + _body(
        rng, shape, text, charset, attribution
    )


def _head(rng: random.Random, number: int, subject: str = "Order", charset: str = "utf-8") -> bytes:
    subject = subject[:30]
    raw = subject.encode(charset, "replace")
    told = raw if rng.random() < 0.2 else f"=?{charset}?B?{base64.b64encode(raw).decode()}?=".encode()
    received = b"".join(
        b"Received: from mx%d.example (mx%d.example [192.0.2.%d])\r\n\tby in.example with ESMTPS id %d;\r\n\t"
        b"Tue, 03 Mar 2026 10:15:0%d +0700\r\n" % (hop, hop, hop, number, hop)
        for hop in range(rng.choice((1, 3, 7)))
    )
    return (
        received
        + b"DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=a; bh=abc;\r\n\tb=" + b"A" * 300 + b"\r\n"
        + b"Authentication-Results: mx.our.example; dkim=pass header.d=x.example; spf=pass; dmarc=pass (p=none)\r\n"
        + b"From: =?utf-8?Q?Ann_L=C3=A9e?= <ann%d@x.example>\r\nTo: support@our.example\r\n" % (number % 500)
        + b"Date: Tue, 03 Mar 2026 10:15:00 +0700\r\nMessage-ID: <m%d@x.example>\r\nSubject: " % number + told
        + b"\r\nReferences: <a%d@our.example> <b@our.example>\r\nMIME-Version: 1.0\r\n" % number
    )  # fmt: skip


def _body(rng: random.Random, shape: str, text: str, charset: str, attribution: str) -> bytes:
    plain = _text(rng, text, "plain", charset)
    html = _text(rng, _html(text, attribution, rng.choice(TIMES)), "html", charset)
    if shape in {"plain", "history"}:
        return plain
    if shape == "raw":
        return b"\r\n" + text.encode(charset, "replace")
    if shape == "html":
        return html
    both = _multipart("alternative", [plain, html])
    if shape == "related":
        picture = _file(rng, 8_000, "image/png", "logo.png", cid=True)
        return _multipart("related", [both, picture.partition(b"\r\n")[2]])
    if shape == "files":
        size = rng.choice((2_000, 40_000, 300_000))
        return _multipart(
            "mixed", [both, _file(rng, size, "application/pdf", "Прайс.pdf").partition(b"\r\n")[2]]
        )
    if shape == "forward":
        inner = b"From: bob@x.example\r\nSubject: inner\r\n" + plain
        return _multipart("mixed", [plain, b"Content-Type: message/rfc822\r\n\r\n" + inner])
    return both


def _html(text: str, attribution: str, times: int) -> str:
    rows = "".join(f"<tr><td style='padding:4px'>{line}</td></tr>" for line in text.split("\r\n") if line)
    quote = f"<div class='gmail_quote'><div class='gmail_attr'>{attribution}</div><blockquote>{rows}</blockquote></div>"
    return f"<html><head><style>p{{margin:0}}</style></head><body><table>{rows * times}</table>{quote}</body></html>"


def _text(rng: random.Random, text: str, subtype: str, charset: str) -> bytes:
    data = text.encode(charset, "replace")
    head = f"Content-Type: text/{subtype}; charset={charset}\r\n".encode()
    how = rng.choice(("8bit", "base64", "quoted-printable"))
    body = data
    if how != "8bit":
        body = base64.encodebytes(data) if how == "base64" else quopri.encodestring(data)
    return head + f"Content-Transfer-Encoding: {how}\r\n\r\n".encode() + body


def _multipart(subtype: str, children: list[bytes]) -> bytes:
    mark = f"b{subtype}{len(children[0])}"
    parts = b"".join(b"--" + mark.encode() + b"\r\n" + child + b"\r\n" for child in children)
    return (
        f'Content-Type: multipart/{subtype}; boundary="{mark}"\r\n\r\n'.encode()
        + parts
        + f"--{mark}--\r\n".encode()
    )


def _file(rng: random.Random, size: int, mime: str, name: str, *, cid: bool = False) -> bytes:
    shown = "inline" if cid else "attachment"
    quoted = base64.b64encode(name.encode()).decode()
    head = (
        f'--mb\r\nContent-Type: {mime}\r\nContent-Disposition: {shown}; filename="=?utf-8?B?{quoted}?="\r\n'
    )
    ident = "Content-ID: <logo@x>\r\n" if cid else ""
    data = base64.encodebytes(rng.randbytes(size))
    return f"{head}{ident}Content-Transfer-Encoding: base64\r\n\r\n".encode() + data


def _with_file(rng: random.Random, megabytes: int) -> bytes:
    head = _head(rng, megabytes) + b'Content-Type: multipart/mixed; boundary="mb"\r\n\r\n'
    text = b"--mb\r\nContent-Type: text/plain\r\n\r\nThe film is attached.\r\n"
    return head + text + _file(rng, megabytes * 1024 * 1024, "video/mp4", "film.mp4") + b"--mb--\r\n"


def one_megabyte_mails(count: int) -> Iterator[bytes]:
    """Mails of 1 MB, one after the other."""
    return (one_megabyte(number) for number in range(count))
