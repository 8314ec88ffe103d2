"""A charset for short texts that name none, by the shape of their high bytes; a detector guesses badly there."""

from __future__ import annotations

import re
from typing import Final

RUN: Final = re.compile(rb"[\x80-\xff]+(?:[ .,!?_-]?[\x80-\xff]+)*")
ALPHABETS: Final = {
    "cp1251": "оеаинтсрвлкмдпуяыьгзб",
    "koi8-r": "оеаинтсрвлкмдпуяыьгзб",
    "cp866": "оеаинтсрвлкмдпуяыьгзб",
    "cp1253": "αοιετσνηυρπκμλςάίόέ",
    "cp1255": "יוהלאמרתבשנכדםעח",
    "cp1256": "اليمنرتبةعدسفهكوقحجشطصأإى",
    "cp874": "านรอกเงมยลวดทสะตคบปิีั่้แไให",
}
"""The letters that are written most in each: only under the right charset is nearly all of a text of them."""
OFTEN: Final = 0.5
CAPITAL: Final = 0.15
"""Off for each capital: text of capitals is rare."""
AMID_ASCII: Final = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
KANA: Final = re.compile(r"[ぁ-ゖァ-ヺー]")
LETTER: Final = re.compile(r"[^\x00-\x7f]")
HAN: Final = re.compile(r"[一-鿿]")
KOREAN_LEADS: Final = range(0xB0, 0xC9)
"""Where the syllables of Korean begin; the common characters of Chinese go on to 0xD7."""
SYLLABLES: Final = frozenset(
    letter.encode("cp949")
    for letter in "이다는을의에가하고한지사기로를서은들있어인라나니아해자도일대시장수정부원주그과전여만보제요면게스세습안상으까"
)
CHARACTERS: Final = frozenset(
    letter.encode("gb18030")
    for letter in "的一是不了人我在有他这中大来上个们到说国和地也子时道出会要于可下得就那能你以学自年过发后作里用家报价单请多少"
)
"""What is most often written in either; the bytes of most of these are letters in the other, too."""
BIG5_LEADS: Final = range(0xA4, 0xC7)
FOREIGN: Final = 3
"""High bytes in a row, on an average, that no language of Western Europe has."""
DISTINCT: Final = 4


def by_shape(sample: bytes) -> str:
    """koi8-r, cp1251, gb18030, cp949, cp932, euc_jp, cp950, cp1252, or nothing where the shape does not tell."""
    high = [byte for byte in sample if byte >= 0x80]
    runs = RUN.findall(sample)
    if not high or not runs:
        return ""
    if japanese := _japanese(sample):
        return japanese
    if _is_big5(sample):
        return "cp950"
    if len(high) < 1.6 * len(runs):
        return "cp1252" if all(byte >= 0xA0 for byte in high) else ""
    if len(high) < DISTINCT and AMID_ASCII.search(sample):
        return "cp1252"
    if alphabet := _alphabet(bytes(high)):
        return alphabet
    return _of_pairs(runs)


def is_foreign(sample: bytes) -> str:
    """The charset of bytes that came under a label of Western Europe, where they cannot be that; else nothing."""
    high = [byte for byte in sample if byte >= 0x80]
    if len(high) < FOREIGN * len(RUN.findall(sample)) or len(set(high)) < DISTINCT:
        return ""
    found = by_shape(sample)
    return "" if found == "cp1252" else found


def _alphabet(high: bytes) -> str:
    """The charset under which most letters are common ones of its language, small letters before capitals."""
    if len(high) < DISTINCT:
        return "cp1251" if min(high) >= 0xC0 else ""
    best, most = "", OFTEN
    for name, common in ALPHABETS.items():
        text = high.decode(name, "replace")
        known = sum(map(text.lower().count, common)) - CAPITAL * sum(map(str.isupper, text))
        if known > most * len(text):
            best, most = name, known / len(text)
    return best


def _japanese(sample: bytes) -> str:
    """Text in pairs of bytes of which many are kana."""
    for name in ("euc_jp", "cp932"):
        text = _strict(sample, name)
        letters = len(LETTER.findall(text))
        if letters > 1 and len(KANA.findall(text)) >= 0.3 * letters:
            return name
    return ""


def _is_big5(sample: bytes) -> bool:
    """Characters of Taiwan, some with a second byte that is ASCII, which the others never have in common words."""
    text = _strict(sample, "cp950")
    letters = LETTER.findall(text)
    if len(letters) < DISTINCT - 1 or len(HAN.findall(text)) < 0.7 * len(letters):
        return False
    pairs = [letter.encode("cp950") for letter in letters]
    common = sum(pair[0] in BIG5_LEADS for pair in pairs if len(pair) > 1)
    return common >= 0.9 * len(pairs) and any(pair[-1] < 0x80 for pair in pairs)


def _strict(sample: bytes, name: str) -> str:
    """A last letter that the sample's end cuts is left out."""
    for end in (len(sample), len(sample) - 1):
        try:
            return sample[:end].decode(name)
        except ValueError:
            continue
    return ""


def _of_pairs(runs: list[bytes]) -> str:
    """Pairs of high bytes, most of which begin where the common characters of Chinese or the syllables of Korean lie."""
    words = [word for run in runs for word in re.findall(rb"[\x80-\xff]+", run)]
    pairs = [word[at : at + 2] for word in words if len(word) % 2 == 0 for at in range(0, len(word), 2)]
    if not pairs or 2 * len(pairs) < 0.8 * sum(map(len, words)):
        return ""
    common = sum(0xB0 <= pair[0] <= 0xD7 and pair[1] >= 0xA1 for pair in pairs)
    spread = sum(not 0xC0 <= pair[1] <= 0xDF for pair in pairs)
    if common < 0.7 * len(pairs) or spread < 0.25 * len(pairs):
        return ""
    korean = sum(pair in SYLLABLES for pair in pairs) if all(pair[0] in KOREAN_LEADS for pair in pairs) else 0
    return "cp949" if korean > sum(pair in CHARACTERS for pair in pairs) else "gb18030"
