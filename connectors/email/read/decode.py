"""Bytes to text, as mail really comes: wrong, absent and mixed charsets, header words of every imitation. Never raises."""

from __future__ import annotations

import base64
import binascii
import io
import quopri
import re
from functools import lru_cache
from typing import Final

from charset_normalizer import from_bytes

from connectors import iso_2022_jp
from connectors.charsets import codec, fitting
from connectors.email.read.charsets import by_shape, is_foreign
from values.texts import readable

WIDE: Final = ("utf-16", "utf-32")
SEVEN_BIT: Final = ("iso2022", "hz", "utf-7")
NOT_IN_HEADERS: Final = (
    "utf-7",
    "utf-16",
    "utf-32",
    "hz",
    "cp037",
    "cp273",
    "cp424",
    "cp500",
    "cp875",
    "cp1026",
    "cp1140",
)
"""What may be said of a body, but is none of a header's: ASCII would be read as something else."""
GUESSED: Final = [
    "utf_8", "cp1252", "cp1251", "koi8_r", "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1250", "iso8859_2", "cp1253",
    "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "iso8859_5", "cp866", "cp850", "cp437", "mac_roman",
    "mac_cyrillic",
]  # fmt: skip
"""What the detector may choose from: charsets in which ASCII stays as it is."""
DAMAGED: Final = re.compile("\ufffd+")
HIGH: Final = bytes(range(0x80, 0x100))
WESTERN: Final = frozenset({"cp1252", "cp1254", "iso8859-15"})
WORD: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,8192})\?=")
SAMPLE: Final = 8192
SHORT: Final = 400


def text_of(data: bytes, charset: str = "") -> str:
    """Text of `data`: the declared charset where it fits, else UTF-8, else a guess, else Latin-1."""
    return readable(_decode(data, _declared(charset)))


def header_text(raw: bytes, *, hint: str = "") -> str:
    """A header's value on one line, encoded words decoded; `hint` is the charset of the body, for raw 8-bit values."""
    value = field_text(raw, hint=hint)
    return readable(words(value)) if "=?" in value else value


def field_text(raw: bytes, *, hint: str = "") -> str:
    """The same with its encoded words as they are."""
    name = _declared(hint)
    return " ".join(readable(_decode(raw, "" if name.startswith(NOT_IN_HEADERS) else name)).split())


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


@lru_cache(maxsize=256)
def _declared(charset: str) -> str:
    """The codec of a label; nothing where it is unknown, or says ASCII of what is to be read here."""
    found = codec(charset) or ""
    return "" if found == "ascii" else found


def _decode(data: bytes, name: str) -> str:
    if name.startswith(WIDE) or (not name and data[:2] in {b"\xff\xfe", b"\xfe\xff"}):
        return _wide(data, name or "utf-16")
    if name.startswith(SEVEN_BIT) and (text := fitting(data, name)) is not None:
        return text
    if data.isascii():
        marked = b"\x1b" in data and iso_2022_jp.is_marked(data)
        return (iso_2022_jp.decoded(data) if marked else None) or data.decode("ascii")
    if name in {"", "utf-8", "cp1252"} or len(data) >= 40:
        text = _utf_8(data)
        if text is not None:
            return text
    if name in WESTERN and (shape := is_foreign(data[:SAMPLE])):
        return data.decode(shape, "replace")
    text = fitting(data, name) if name else None
    return text if text is not None else _guess(data, name)


def _wide(data: bytes, name: str) -> str:
    """UTF-16 and UTF-32, unless not even the line ends are: then the label tells nothing."""
    text = None if data.isascii() and b"\0" not in data else fitting(data, name)
    return text if text is not None else _decode(data, "utf-8")


def _utf_8(data: bytes) -> str | None:
    """UTF-8, also with a damaged letter here and there or cut amid the last one; None for what is something else.

    However many bytes of a letter are damaged, one sign stands for it."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    letters = len(text) - damaged - len(data.translate(None, HIGH))
    is_cut = damaged == 1 and text.endswith("\ufffd")
    return DAMAGED.sub("\ufffd", text) if letters and (is_cut or damaged * 2 <= letters) else None


def _guess(data: bytes, name: str) -> str:
    """A charset for bytes that belie their label. Short texts by their shape, else the detector's word."""
    if name and name != "utf-8":
        text = data.decode(name, "replace")
        if text.count("\ufffd") * 20 <= len(text):
            return text
    sample = data[:SAMPLE]
    if len(sample) < SHORT and (shape := by_shape(sample)):
        return data.decode(shape, "replace")
    best = from_bytes(sample, cp_isolation=GUESSED).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


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
