"""A charset for short texts that name none, by the shape of their high bytes; a detector guesses badly there."""

from __future__ import annotations

import re
from typing import Final

RUN: Final = re.compile(rb"[\x80-\xff]+(?:[ .,!?_-]?[\x80-\xff]+)*")
CYRILLIC_LOWER_KOI8: Final = frozenset(range(0xC0, 0xE0)) | {0xA3}
CYRILLIC_1251: Final = frozenset(range(0xC0, 0x100)) | {0xA8, 0xB8, 0xB2, 0xB3, 0xAF, 0xBF, 0xAA, 0xBA}


def by_shape(sample: bytes) -> str:
    """koi8-r, cp1251, gb18030, cp1252, or nothing where the shape does not tell."""
    high = [byte for byte in sample if byte >= 0x80]
    runs = RUN.findall(sample)
    if not high or not runs:
        return ""
    if len(high) < 1.6 * len(runs):
        return "cp1252" if all(byte >= 0xA0 for byte in high) else ""
    lower_koi8 = sum(byte in CYRILLIC_LOWER_KOI8 for byte in high) / len(high)
    lower_1251 = sum(byte >= 0xE0 for byte in high) / len(high)
    if lower_koi8 > 0.7 and all(byte >= 0xC0 or byte in {0xA3, 0xB3} for byte in high):
        return "koi8-r"
    if lower_1251 > 0.6 and sum(byte in CYRILLIC_1251 for byte in high) / len(high) > 0.95:
        return "cp1251"
    return "gb18030" if _is_chinese(runs) else ""


def _is_chinese(runs: list[bytes]) -> bool:
    """Pairs of high bytes, most of which begin where the common characters lie."""
    words = [word for run in runs for word in re.findall(rb"[\x80-\xff]+", run)]
    pairs = [word[at : at + 2] for word in words if len(word) % 2 == 0 for at in range(0, len(word), 2)]
    if not pairs or 2 * len(pairs) < 0.8 * sum(map(len, words)):
        return False
    common = sum(0xB0 <= pair[0] <= 0xD7 and pair[1] >= 0xA1 for pair in pairs)
    spread = sum(not 0xC0 <= pair[1] <= 0xDF for pair in pairs)
    return common >= 0.7 * len(pairs) and spread >= 0.25 * len(pairs)
