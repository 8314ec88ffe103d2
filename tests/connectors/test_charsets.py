"""Labels that strangers choose lead to text codecs of ours or to none, and their bytes to text without an error."""

from __future__ import annotations

import codecs
import encodings
import pkgutil

import pytest

from connectors.charsets import CODECS, ISO_PARTS, OTHER_PAGES, PAGES, codec, decode
from connectors.iso_2022_jp import decoded, is_marked

OURS = (
    {*CODECS.values(), *OTHER_PAGES.values(), *ISO_PARTS.values()} | {f"cp{n:03}" for n in PAGES} | {"utf-8"}
)
NEVER = {
    "punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "unicode_internal", "mbcs", "oem", "charmap",
    "base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec",
}  # fmt: skip


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("cp-850", "cp850"),
        ("CP_437", "cp437"),
        ("x-mac-roman", "mac-roman"),
        ("macintosh", "mac-roman"),
        ("IBM00858", "cp858"),
        ("ibm-1252", "cp1252"),
        ("windows-31j", "cp932"),
        ("x-sjis", "cp932"),
        ("iso-2022-jp-ms", "iso2022_jp"),
        ("csISO2022JP", "iso2022_jp"),
        ("GB_2312-80", "gb18030"),
        ("gb18030-2022", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("big5-hkscs", "big5hkscs"),
        ("'UTF8'", "utf-8"),
        ("utf-8;", "utf-8"),
        ("unicode-1-1-utf-7", "utf-7"),
        ("ISO_8859-1:1987", "cp1252"),
        ("8859_15", "iso8859-15"),
        ("latin9", "iso8859-15"),
        ("L2", "iso8859-2"),
        ("iso-8859-8-i", "iso8859-8"),
        ("iso-8859-9", "cp1254"),
        ("win1251", "cp1251"),
        ("x-cp1251", "cp1251"),
        ("cp-037", "cp037"),
        ("cp20866", "koi8-r"),
        ("KOI8-RU", "koi8-u"),
        ("x-mac-ce", "mac-latin2"),
        ("dos-862", "cp862"),
        ("ANSI_X3.4-1968", "ascii"),
    ],
)
def test_labels_of_mail_and_the_web_are_understood(label: str, name: str) -> None:
    assert codec(label) == name


@pytest.mark.parametrize(
    "label", ["", "x-unknown", "unknown-utf", "iso-8859-12", "cp99999", "8bit", "\0", "=" * 9_999]
)
def test_other_labels_mean_nothing(label: str) -> None:
    assert codec(label) is None
    assert decode("Грüße".encode(), label) == "Грüße"


def test_every_codec_of_python_is_listed_or_never_reached() -> None:
    """A codec that turns bytes into bytes, or needs more than linear time, has no label that leads to it."""
    known = {module.name for module in pkgutil.iter_modules(encodings.__path__)} | set(
        encodings.aliases.aliases
    )
    for label in known | NEVER:
        for spelled in (label, label.replace("_", "-"), label.replace("_", ""), f"x-{label}", label.upper()):
            name = codec(spelled)
            assert name is None or name in OURS
            assert name is None or codecs.lookup(name).name.replace("-", "_") not in NEVER
    assert not {codecs.lookup(name).name.replace("-", "_") for name in OURS} & NEVER
    assert all(codecs.lookup(name)._is_text_encoding for name in OURS)


@pytest.mark.parametrize("name", sorted(OURS))
def test_whatever_bytes_come_are_text(name: str) -> None:
    for raw in (
        bytes(range(256)) * 4,
        b"+" * 999,
        b"\x1b$" * 500,
        b"~{" * 500,
        b"\x1b$)C\x0e\xff" * 99,
        b"+2AA-x",
    ):
        text = decode(raw, name)
        assert text.encode("utf-8").decode() == text


@pytest.mark.parametrize(
    ("raw", "label", "text"),
    [
        (b"Gr\x81\xe1e aus K\x94ln", "cp-850", "Grüße aus Köln"),
        (b"Gr\x9a\xa7e", "x-mac-roman", "Größe"[:2] + "öße"),
        ("Привет".encode("cp1251"), "windows-1251", "Привет"),
        ("Привет".encode("cp866"), "IBM-866", "Привет"),
        (b"\xef\xbb\xbfa\xc3\xa4", "iso-8859-1", "aä"),
        (b"a\xff", None, "a\ufffd"),
        (b"a\xc3\xa4", "us-ascii", "aä"),
        ("裏".encode("big5hkscs") + "鰂".encode("big5hkscs"), "big5", "裏鰂"),
        ("①㈱".encode("cp932"), "shift_jis", "①㈱"),
        ("ランプ".encode("cp932"), "euc-jp", "ランプ"),
        ("灯り".encode("euc_jp"), "shift_jis", "灯り"),
        ("花子".encode("cp932"), "iso-2022-jp", "花子"),
        ("花子です".encode(), "iso-2022-jp", "花子です"),
        ("花子です".encode("euc_jp"), "iso-2022-jp", "花子です"),
        (b"+2D0-+3gA-", "utf-7", "\ufffd\ufffd"),
    ],
)
def test_bytes_under_their_label(raw: bytes, label: str | None, text: str) -> None:
    assert decode(raw, label) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x1b$B@D$$%i%s%W$O-!8D\x1b(B ok", "青いランプは①個 ok"),
        (b"\x1b$B-j8+K\\\x1b(B", "㈱見本"),
        (b"\x1b(I6@\x1b(B!", "ｶﾀ!"),
        (b"a\x0e6@\x0fb", "aｶﾀb"),
        (b"\x1b$B$\"\r\nok", "あ\r\nok"),
        (b"\x1b$B$\"\x1b$(D\x22\x2f\x1b(B", "あ˘"),
        (b"\x1b$@$\"\x1b(J\\", "あ\\"),
    ],
)  # fmt: skip
def test_japanese_of_seven_bits(raw: bytes, text: str) -> None:
    assert is_marked(raw) == (b"\x1b$" in raw)
    assert (decoded(raw) or "").replace("¥", "\\") == text


def test_japanese_cut_in_a_letter_loses_that_letter_only() -> None:
    assert decoded(b"\x1b$B@D$$%i%s%W$O-!8") == "青いランプは①\ufffd"
