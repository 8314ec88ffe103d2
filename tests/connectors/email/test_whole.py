"""Any mail at all becomes a message or is malformed: mails built by grammar, spliced, cut, and put together from tokens."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import connectors.email
from benchmarks import bounce_set
from connectors.email.read import tnef
from tests.connectors.email.bombs import BOMBS
from tests.connectors.email.fuzz import TOKENS
from tests.connectors.email.test_containers import winmail
from tests.connectors.email.whole import check

SHIPPED = [
    path.read_bytes() for path in sorted((Path(connectors.email.__file__).parent / "fixtures").glob("*.eml"))
]
SEEDS = [*SHIPPED, *(case.mail for case in bounce_set.cases())]
CHARSETS = st.sampled_from(
    [
        "utf-8",
        "us-ascii",
        "windows-1251",
        "koi8-r",
        "gb2312",
        "iso-2022-jp",
        "utf-7",
        "utf-16",
        "hz",
        "x-unknown",
        "idna",
        "",
    ]
)
MIMES = st.sampled_from(
    ["text/plain", "text/html", "text/calendar", "message/rfc822", "message/delivery-status", "application/ms-tnef",
     "message/disposition-notification", "application/pkcs7-mime", "image/png", "text/rfc822-headers", "nonsense", ""]
)  # fmt: skip
ENCODINGS = st.sampled_from(["7bit", "8bit", "base64", "quoted-printable", "uuencode", "x", ""])
WORDS = st.one_of(st.text(max_size=40), st.sampled_from([token.decode("latin-1") for token in TOKENS]))
HEADERS = st.sampled_from(
    ["Subject", "From", "Sender", "Reply-To", "To", "Date", "Message-ID", "References", "In-Reply-To", "Return-Path",
     "Auto-Submitted", "List-Id", "Authentication-Results", "X-Failed-Recipients", "X-Original-From", "Content-Disposition",
     "Content-ID", "Precedence", "Received-SPF", "Content-Type"]
)  # fmt: skip
RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    rows = draw(st.lists(st.tuples(HEADERS, WORDS), max_size=6))
    charset = draw(st.sampled_from(["utf-8", "cp1251", "gb18030"]))
    return b"".join(f"{name}: {value}\r\n".encode(charset, "replace") for name, value in rows)


@st.composite
def leaf(draw: st.DrawFn) -> bytes:
    charset, mime, how = draw(CHARSETS), draw(MIMES), draw(ENCODINGS)
    data = draw(st.one_of(st.binary(max_size=200), WORDS.map(lambda text: text.encode("utf-8", "replace"))))
    if mime == "application/ms-tnef":
        data = winmail() + data if draw(st.booleans()) else data
    if draw(st.booleans()):
        data = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(how, bytes)(data)
    head = (
        f"Content-Type: {mime}; charset={charset}; name={draw(WORDS)}\r\nContent-Transfer-Encoding: {how}\r\n"
    )
    return head.encode("utf-8", "replace") + draw(heads()) + b"\r\n" + data


def multipart(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    subtypes = st.sampled_from(
        ["mixed", "alternative", "related", "report", "encrypted", "signed", "digest", "x"]
    )

    def join(subtype: str, mark: str, children: list[bytes]) -> bytes:
        head = f"Content-Type: multipart/{subtype}; boundary={mark}; report-type=delivery-status\r\n\r\n".encode()
        return head + b"".join(b"\r\n--" + mark.encode() + b"\r\n" + child for child in children)

    return st.builds(join, subtypes, st.sampled_from(["a", "b", "aa"]), st.lists(inner, max_size=4))


@RELAXED
@given(heads(), st.recursive(leaf(), multipart, max_leaves=8))
def test_mails_by_grammar(head: bytes, body: bytes) -> None:
    check(b"From: a@x.example\r\n" + head + body)
    check(head + body)


@RELAXED
@given(
    st.sampled_from(SEEDS),
    st.sampled_from(SEEDS),
    st.integers(0, 3_000),
    st.integers(0, 3_000),
    st.binary(max_size=20),
)
def test_spliced_mails(first: bytes, second: bytes, here: int, there: int, between: bytes) -> None:
    check(first[: here % (len(first) + 1)] + between + second[there % (len(second) + 1) :])


@RELAXED
@given(st.lists(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=6)), max_size=60))
def test_mails_of_tokens(tokens: list[bytes]) -> None:
    check(b"From: a@x.example\r\n" + b"".join(tokens))


@RELAXED
@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_winmail(data: bytes, at: int) -> None:
    whole = winmail()
    tnef.opened(whole[:at] + data + whole[at + len(data) :])
    tnef.opened(whole[:6] + data)


def test_the_bombs_keep_the_rules_too() -> None:
    for name in ("many_parts", "segments", "calendar_zone", "report_blocks", "tnef", "cms_chunks"):
        check(BOMBS[name]())
