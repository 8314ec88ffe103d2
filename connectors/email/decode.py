"""Bytes to text, as mail really comes: wrong, absent and mixed charsets, header words of every imitation. Never raises."""

from __future__ import annotations

import base64
import binascii
import codecs
import io
import quopri
import re
from typing import Final

from charset_normalizer import from_bytes

from connectors.email.charsets import by_shape

ALIASES: Final = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "windows-874": "cp874",
    "x-windows-1251": "cp1251",
    "win-1251": "cp1251",
    "x-mac-cyrillic": "mac-cyrillic",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "x-unknown": "",
    "unknown-8bit": "",
    "us-ascii": "",
    "ascii": "",
    "ansi_x3.4-1968": "",
    "8bit": "",
    "default": "",
}
SEVEN_BIT: Final = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")
NOT_FOR_MAIL: Final = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
WORD: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,8192})\?=")
UNWANTED: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
SAMPLE: Final = 8192
SHORT: Final = 400


def text_of(data: bytes, charset: str = "") -> str:
    """Text of `data`: the declared charset where it fits, else UTF-8, else a guess, else Latin-1."""
    return clean(_decode(data, _codec(charset)))


def clean(text: str) -> str:
    """Without control characters and lone surrogates, which neither JSON nor PostgreSQL takes; line ends are LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNWANTED.sub("", text)


def header_text(raw: bytes, *, hint: str = "") -> str:
    """A header's value on one line, encoded words decoded; `hint` is the charset of the body, for raw 8-bit values."""
    value = " ".join(text_of(raw, hint).split())
    return clean(words(value)) if "=?" in value else value


def words(value: str) -> str:
    """RFC 2047 words in `value` decoded, also inside quotes, unpadded, or split amid a multi-byte letter."""
    out: list[str] = []
    pending: tuple[str, bytes] | None = None
    end = 0
    for found in WORD.finditer(value):
        between = value[end : found.start()]
        charset = found[1].split("*")[0].lower()
        data = _word_bytes(found[2], found[3])
        if pending and not between.strip() and pending[0] == charset:
            pending = (charset, pending[1] + data)
        else:
            out.append(_flush(pending) + (between if between.strip() or not pending else ""))
            pending = (charset, data)
        end = found.end()
    return "".join(out) + _flush(pending) + value[end:]


def transfer_decoded(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """The part's bytes, and whether its transfer encoding was sound; broken base64 gives what can be saved of it."""
    encoding = encoding.strip().lower()
    if encoding == "base64":
        return _base64(body)
    if encoding == "quoted-printable":
        return quopri.decodestring(body), True
    if encoding in {"x-uuencode", "uuencode", "x-uue"}:
        return _uuencoded(body)
    return body, True


def _codec(charset: str) -> str:
    name = charset.strip().strip("\"'").lower()
    name = ALIASES.get(name, name)
    if not name:
        return ""
    try:
        found = codecs.lookup(name).name
        b"a".decode(found, "replace")
    except (LookupError, ValueError):
        return ""
    return "" if found.replace("-", "_") in NOT_FOR_MAIL else found


def _decode(data: bytes, codec: str) -> str:
    if codec.startswith(SEVEN_BIT):
        return _attempt(data, codec) or _attempt(data, "utf-8") or data.decode("latin-1")
    if data.isascii():
        return data.decode("ascii")
    if codec in {"", "cp1252"} or (codec != "utf-8" and len(data) >= 40):
        text = _attempt(data, "utf-8")
        if text is not None:
            return text
    text = _attempt(data, codec or "utf-8")
    return text if text is not None else _guess(data, codec)


def _attempt(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (LookupError, ValueError, AssertionError):
        return None


def _guess(data: bytes, codec: str) -> str:
    """A charset for bytes that belie their label. Short texts by their shape, else the detector's word."""
    if codec:
        text = data.decode(codec, "replace")
        if text.count("\ufffd") * 20 <= len(text):
            return text
    sample = data[:SAMPLE]
    if len(sample) < SHORT and (shape := by_shape(sample)):
        return data.decode(shape, "replace")
    best = from_bytes(sample).best()
    return data.decode(best.encoding if best else "latin-1", "replace")


def _word_bytes(kind: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "surrogateescape")
    return _base64(raw)[0] if kind in "bB" else quopri.decodestring(raw.replace(b"_", b" "), header=True)


def _flush(pending: tuple[str, bytes] | None) -> str:
    return text_of(pending[1], pending[0]) if pending else ""


def _base64(body: bytes) -> tuple[bytes, bool]:
    try:
        return base64.b64decode(body), True
    except (binascii.Error, ValueError):
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        return base64.b64decode(kept[: len(kept) // 4 * 4] + _tail(kept)), False


def _tail(kept: bytes) -> bytes:
    rest = kept[len(kept) // 4 * 4 :]
    return b"" if len(rest) < 2 else rest + b"=" * (4 - len(rest))


def _uuencoded(body: bytes) -> tuple[bytes, bool]:
    out = bytearray()
    inside = False
    for whole in io.BytesIO(body):
        line = whole.rstrip(b"\r\n")
        if not inside:
            inside = line.startswith(b"begin ")
        elif not line:
            continue
        elif line.strip() == b"end":
            return bytes(out), True
        else:
            try:
                out += binascii.a2b_uu(line)
            except (binascii.Error, ValueError):
                return bytes(out), False
    return bytes(out), False
