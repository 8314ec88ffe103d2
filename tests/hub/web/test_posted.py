"""Forms of strangers: no charset, part or body of theirs chooses how long we compute or where we break."""

from __future__ import annotations

import encodings.idna
import encodings.punycode
from itertools import product

import aiohttp
import pytest

from tests.site import CSRF, Site

HOSTILE = ("punycode", "idna", "undefined", "unicode_escape", "zlib", "rot13", "utf-16", "utf-7", "nonsense")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def no_codecs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at once where a stranger's codec is used: some take hours."""

    def used(*_: object) -> tuple[str, int]:
        raise AssertionError("a stranger chose the codec")

    monkeypatch.setattr(encodings.punycode, "punycode_decode", used)
    monkeypatch.setattr(encodings.idna.Codec, "decode", used)


def part(name: str, value: bytes, *, charset: str = "", filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    kind = f"Content-Type: text/plain; charset={charset}\r\n" if charset else ""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n{kind}\r\n'
    return head.encode() + value + b"\r\n"


async def test_a_charset_of_a_strangers_choice_is_not_asked(site: Site) -> None:
    client = await site.client()
    body = b"language=km&q-" + b"a" * 300_000
    for path, charset in product(("/language", "/sign-in"), HOSTILE):
        headers = {"Content-Type": f"{FORM}; charset={charset}"}
        async with client.post(path, data=body, headers=headers, allow_redirects=False) as answer:
            assert answer.status in (303, 422), (path, charset)


async def test_nor_is_that_of_a_part(site: Site) -> None:
    client = await site.client()
    for charset in HOSTILE:
        body = part("language", b"km", charset=charset)
        body += part("q", b"q-" + b"a" * 300_000, charset=charset) + b"--b--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        async with client.post("/language", data=body, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 303, charset
            assert answer.cookies["hub_language"].value == "km"


NO_FORMS = (
    (FORM, b"language=\xff\xfe"),
    (f"{FORM}; charset=utf-8", b"\xc3("),
    (FORM, b"&".join(b"a=%d" % n for n in range(5_000))),
    ("multipart/form-data; boundary=b", b"--b\r\n\r\nno name\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b", b"--c\r\n"),
    ("multipart/form-data", b"--b\r\n"),
    (
        "multipart/form-data; boundary=b",
        part("_charset_", b"punycode") + part("language", b"km") + b"--b--\r\n",
    ),
    ("multipart/form-data; boundary=b", part("_charset_", b"x" * 40) + b"--b--\r\n"),
    (
        "multipart/form-data; boundary=b",
        b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n--b--",
    ),
    ("multipart/form-data; boundary=b", part("language", b"\xff\xfe") + b"--b--\r\n"),
    ("multipart/form-data; boundary=b", part("language", b"km", charset='"')),
    ("text/plain; charset=punycode", b"language=km"),
    ("; charset=punycode", b"language=km"),
    ("application/json", b"{"),
)


async def test_what_is_no_form_is_refused_in_plain_words(site: Site) -> None:
    client = await site.client()
    for path, (kind, body) in product(("/language", "/sign-in"), NO_FORMS):
        headers = {"Content-Type": kind}
        async with client.post(path, data=body, headers=headers, allow_redirects=False) as answer:
            assert answer.status in (303, 400, 413, 422), (path, kind, body[:60])


async def test_a_form_in_utf8_by_any_name_is_read(site: Site) -> None:
    dara, _ = await site.world.user("Dara")
    client = await site.client(dara)
    for charset in ("utf-8", "UTF8", "iso-8859-1"):
        form = aiohttp.FormData({"csrf": CSRF, "shortcut": charset, "title": "x", "text": "ស្វាគមន៍ Привет"})
        headers = {"Content-Type": f"{FORM}; charset={charset}"}
        async with client.post("/canned", data=form(), headers=headers) as answer:
            assert answer.status == 200
            assert "ស្វាគមន៍ Привет" in await answer.text()
