"""Charsets that a stranger may name: labels to codecs by lists of ours, so that no other codec is ever reached. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from connectors import iso_2022_jp

LABEL: Final = 80
"""Characters of a label that are looked at."""
NOT_OF_A_KEY: Final = re.compile(r"[^a-z0-9]")
ISO: Final = re.compile(r"8859[-_ .]{0,2}(\d{1,2})(?:[:_-](?:19|20)\d\d)?(?:[-_ ]?[ie])?\Z")
LATIN: Final = re.compile(r"(?:cs)?(?:iso)?l(?:atin)?(\d{1,2})\Z")
PAGE: Final = re.compile(
    r"(?:x|cs)?(?:cp|ibm|windows|win|dos|msdos|oem|ms|ccsid|codepage|pc|mscp|ansi)?0{0,3}(\d{3,5})\Z"
)
# fmt: off
PAGES: Final = frozenset({
    37, 273, 424, 437, 500, 720, 737, 775, 850, 852, 855, 856, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874, 875,
    932, 949, 950, 1006, 1026, 1125, 1140, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258,
})
"""Code pages that Python calls by their numbers."""
OTHER_PAGES: Final = {
    367: "ascii", 646: "ascii", 20127: "ascii", 813: "iso8859-7", 819: "cp1252", 912: "iso8859-2", 913: "iso8859-3",
    914: "iso8859-4", 915: "iso8859-5", 916: "iso8859-8", 920: "cp1254", 923: "iso8859-15", 936: "gb18030", 943: "cp932",
    951: "big5hkscs", 970: "cp949", 1200: "utf-16-le", 1201: "utf-16-be", 1361: "johab", 1386: "gb18030",
    10000: "mac-roman", 10001: "cp932", 10002: "cp950", 10003: "cp949", 10004: "mac-arabic", 10006: "mac-greek",
    10007: "mac-cyrillic", 10008: "gb18030", 10010: "mac-romanian", 10017: "mac-cyrillic", 10029: "mac-latin2",
    10079: "mac-iceland", 10081: "mac-turkish", 10082: "mac-croatian", 12000: "utf-32-le", 12001: "utf-32-be",
    20866: "koi8-r", 20932: "euc_jp", 20936: "gb18030", 20949: "cp949", 21866: "koi8-u", 38598: "iso8859-8",
    50220: "iso2022_jp", 50221: "iso2022_jp", 50222: "iso2022_jp", 50225: "iso2022_kr", 50227: "gb18030",
    51932: "euc_jp", 51936: "gb18030", 51949: "cp949", 51950: "cp950", 52936: "hz", 54936: "gb18030",
    65000: "utf-7", 65001: "utf-8",
    **{28590 + part: f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    28591: "cp1252", 28599: "cp1254", 28601: "cp874",
}
ISO_PARTS: Final = {
    **{part: f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}, 1: "cp1252", 9: "cp1254", 11: "cp874",
}
"""Where Windows has more letters at the same places, mail of Windows comes under the lesser label."""
LATIN_PARTS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 9, 6: 10, 7: 13, 8: 14, 9: 15, 10: 16}
NAMES: Final = {
    "ascii": "ascii usascii us isoir6 ansix341968 ansix341986 iso646us iso646irv1991 csascii",
    "utf-8": "u8 unicode11utf8 unicode20utf8 xunicode20utf8 cesu8 al32utf8",
    "utf-16": "utf16 u16 unicode csunicode ucs2 iso10646ucs2 unicodefeff utf16bom",
    "utf-16-le": "utf16le ucs2le xutf16le unicodelittle xutf16lebom",
    "utf-16-be": "utf16be ucs2be xutf16be unicodebig unicodefffe",
    "utf-32": "utf32 u32 ucs4 iso10646ucs4", "utf-32-le": "utf32le ucs4le", "utf-32-be": "utf32be ucs4be",
    "utf-7": "utf7 u7 unicode11utf7 xunicode20utf7 unicode20utf7 csunicode11utf7",
    "cp1252": "isoir100 ansi westerneuropean western xansi iso88591windows31latin1 iso88591windows30latin1",
    "iso8859-2": "isoir101", "iso8859-3": "isoir109", "iso8859-4": "isoir110",
    "iso8859-5": "isoir144 cyrillic csisolatincyrillic",
    "iso8859-6": "isoir127 arabic csisolatinarabic ecma114 asmo708",
    "iso8859-7": "isoir126 greek greek8 csisolatingreek ecma118 elot928 suneugreek",
    "iso8859-8": "isoir138 hebrew csisolatinhebrew visual logical csiso88598e csiso88598i",
    "cp1254": "isoir148", "iso8859-10": "isoir157", "cp874": "tis620 tis6200 tis62025291 tis62025330 thai isoir166 cstis620",
    "iso8859-14": "isoir199 isoceltic", "iso8859-16": "isoir226",
    "koi8-r": "koi8r koi8 koi cskoi8r xkoi8r koi8rus", "koi8-u": "koi8u koi8ru xkoi8u cskoi8u", "koi8-t": "koi8t",
    "kz1048": "kz1048 strk10482002 rk1048 cskz1048", "ptcp154": "ptcp154 csptcp154 pt154 cyrillicasian",
    "cp437": "cspc8codepage437", "cp850": "cspc850multilingual", "cp852": "cspcp852", "cp862": "cspc862latinhebrew",
    "cp866": "alternativny xcp866u", "cp1125": "ruscii cp866u",
    "hp-roman8": "hproman8 roman8 r8 cshproman8",
    "mac-roman": "macintosh mac macroman xmacroman xmacintosh csmacintosh applemacintosh macwestern",
    "mac-cyrillic": "maccyrillic xmaccyrillic macukrainian xmacukrainian xmacukraine",
    "mac-latin2": "maclatin2 xmacce macce maccentraleurope maccentraleuropean xmaccentraleurroman xmaceasteurope",
    "mac-greek": "macgreek xmacgreek", "mac-turkish": "macturkish xmacturkish",
    "mac-iceland": "maciceland xmacicelandic macicelandic", "mac-romanian": "macromanian xmacromanian macromania xmacromania",
    "mac-croatian": "maccroatian xmaccroatian", "mac-arabic": "macarabic xmacarabic", "mac-farsi": "macfarsi xmacfarsi",
    "cp932": "shiftjis sjis xsjis xshiftjis csshiftjis ms932 mskanji windows31j cswindows31j shiftjisms xsjisjp macjapanese "
             "xmacjapanese xsjiscp932 shiftjis2004 sjis2004 shiftjisx0213 sjisx0213",
    "euc_jp": "eucjp xeucjp cseucpkdfmtjapanese xeuc ujis eucjpms eucjpwin cp51932 "
              "extendedunixcodepackedformatforjapanese eucjis2004",
    "iso2022_jp": "iso2022jp csiso2022jp iso2022jpms iso2022jp1 iso2022jp2 iso2022jp3 iso2022jp2004 iso2022jpext csiso2022jp2 "
                  "jis jis7 jiscode xjis iso2022 iso2022jp8 jisencoding csjisencoding",
    "gb18030": "gb18030 gb180302000 gb180302005 gb180302022 gbk xgbk csgbk gb2312 csgb2312 gb23121980 gb231280 csiso58gb231280 "
               "isoir58 chinese euccn xeuccn gb eucgb2312cn macchinesesimp xmacchinesesimp ms936 hzgb18030",
    "hz": "hzgb2312 hz hzgb cshzgb2312 xhzgb2312",
    "cp950": "big5 cnbig5 csbig5 xxbig5 xbig5 big5tw big5eten big5e macchinesetrad xmacchinesetrad ms950 big5hk euctw xeuctw",
    "big5hkscs": "big5hkscs xbig5hkscs hkscs big5hkscs2004 big5hkscs1999 big5hkscs2001 ms950hkscs",
    "cp949": "euckr xeuckr cseuckr ksc56011987 ksc56011989 ksc5601 ksx1001 ksx10011998 ksc5601u korean isoir149 uhc xwindows949 "
             "ms949 windowsksc csksc56011987 ksc5601992 mackorean xmackorean",
    "iso2022_kr": "iso2022kr csiso2022kr", "johab": "johab ms1361 ksc56011992 xjohab",
}
# fmt: on
CODECS: Final = {key: name for name, keys in NAMES.items() for key in keys.split()}
KIN: Final = {
    "cp950": ("big5hkscs",),
    "big5hkscs": ("cp950",),
    "cp932": ("shift_jis_2004", "euc_jp"),
    "euc_jp": ("euc_jis_2004", "cp932"),
}
"""Charsets that come under each other's labels, tried where the one does not fit."""
EIGHT_BIT: Final = ("utf-8", "euc_jp", "cp932")
"""What programs send under the label of ISO-2022-JP, if it is not that."""
SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


@lru_cache(maxsize=512)
def codec(label: str) -> str | None:
    """The codec that a label of mail or the web (WHATWG, IANA, code pages, and what programs make of these) means, or None.

    Only text codecs that take linear time are ever named."""
    label = label[:LABEL].strip().strip("\"' ").lower()
    key = NOT_OF_A_KEY.sub("", label)
    if found := CODECS.get(key):
        return found
    if key.startswith("utf8"):
        return "utf-8"
    if found := ISO.search(label):
        return ISO_PARTS.get(int(found[1]))
    if found := LATIN.match(key):
        return ISO_PARTS.get(LATIN_PARTS.get(int(found[1]), 0))
    if found := PAGE.match(key):
        number = int(found[1])
        return f"cp{number:03}" if number in PAGES else OTHER_PAGES.get(number)
    return None


def decode(raw: bytes, label: str | None = None) -> str:
    """The text of `raw` under a label that anybody may have chosen. Never raises: UTF-8 where the label is unknown or says
    ASCII; what does not fit becomes U+FFFD. A byte order mark of UTF-8 outweighs the label."""
    name = codec(label or "") or "utf-8"
    if raw.startswith(b"\xef\xbb\xbf"):
        raw, name = raw[3:], "utf-8"
    if name in {"ascii", "utf-8"}:
        return raw.decode("utf-8", "replace")
    text = fitting(raw, name)
    return text if text is not None else SURROGATE.sub("\ufffd", raw.decode(name, "replace"))


def fitting(raw: bytes, name: str) -> str | None:
    """The text of `raw` in a codec that `codec` named, or its kin; None where a byte does not fit."""
    if name == "iso2022_jp" and raw.isascii():
        return iso_2022_jp.decoded(raw)
    for each in EIGHT_BIT if name == "iso2022_jp" else (name, *KIN.get(name, ())):
        try:
            return SURROGATE.sub("\ufffd", raw.decode(each))
        except (ValueError, AssertionError):  # the decoder of ISO-2022-KR asserts
            continue
    return None
