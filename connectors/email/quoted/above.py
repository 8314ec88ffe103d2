"""What stands above the words and is none of them: the warnings that receiving servers put there. Pure, linear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from connectors.email.quoted.above_phrases import ALARMS, CAREFUL, MORE, STRANGE
from connectors.email.quoted.html_text import Line

SIGNS: Final = " \t\xa0*_-=~#[]()<>|!:.,•【】「」⚠️🔒🛑⛔❗‼️\u26a0\ufe0f"
LABEL: Final = re.compile(
    r"(?:external|extern|externe|externo|esterno|zewnętrzn\w+|внешн\w+|зовнішн\w+|harici|外部|社外|외부)"
    r"(?:[ -](?:e-?mail|mail|message|sender|nachricht|absender|bericht|письмо|почта|лист))?\Z"
)
SENTENCE: Final = re.compile(r"(?<=[.!?。！？])\s+")
LONG: Final = 1_200
LINES: Final = 12
BANNERS: Final = 3
"""That stand below each other at the most."""
WRAPPED: Final = 45


def without_above(lines: Sequence[Line], kept: list[int]) -> list[int]:
    """The kept lines but for warnings at the top; never nothing if there were words."""
    for _ in range(BANNERS):
        end = _banner(lines, kept)
        if not end or not any(lines[i].text.strip(SIGNS) for i in kept[end:]):
            break
        kept = kept[end:]
    return kept


def is_banner(text: str) -> bool:
    """Whether a line, or a sentence, warns of a sender from outside."""
    bare = text[:LONG].lower().strip(SIGNS)
    if LABEL.match(bare):
        return True
    return len(text) <= LONG and bare.startswith(ALARMS) and any(words in bare for words in STRANGE)


def parted_banner(line: Line) -> list[Line]:
    """A line that begins with a warning and goes on with other words, taken apart."""
    if line.quoted or not is_banner(line.text):
        return [line]
    sentences = SENTENCE.split(line.text)
    count = next((i for i, text in enumerate(sentences) if i and not _goes_on(text)), len(sentences))
    rest = " ".join(sentences[count:])
    if len(rest.split()) < 2 and not any(sign > "\u0e00" for sign in rest):
        return [line]
    return [Line(text=" ".join(sentences[:count]), mark=line.mark), Line(text=rest, mark=line.mark)]


def _banner(lines: Sequence[Line], kept: list[int]) -> int:
    """How many of the kept lines a warning at the top takes; 0 for none."""
    start = next((at for at, i in enumerate(kept) if lines[i].text.strip(SIGNS)), len(kept))
    if start == len(kept) or lines[kept[start]].quoted:
        return 0
    whole = " ".join(lines[i].text for i in kept[start : start + LINES // 4])
    if not is_banner(lines[kept[start]].text) and not (is_banner(whole) and _begins(lines[kept[start]].text)):
        return 0
    end = start + 1
    while end < min(len(kept), start + LINES):
        text, before = lines[kept[end]].text, lines[kept[end - 1]].text
        if text.strip() and not (_goes_on(text) or _is_wrapped(before, text)):
            break
        if not text.strip() and not (end + 1 < len(kept) and _goes_on(lines[kept[end + 1]].text)):
            break
        end += 1
    return end


def _begins(text: str) -> bool:
    """A mere "CAUTION:", or the first of a paragraph's broken lines."""
    bare = text.lower().strip(SIGNS)
    return bare.startswith(ALARMS) and (len(bare.split()) < 4 or len(text) >= WRAPPED)


def _goes_on(text: str) -> bool:
    lower = text[:LONG].lower().strip(SIGNS)
    return is_banner(text) or (lower.startswith(MORE) and any(words in lower for words in CAREFUL))


def _is_wrapped(before: str, text: str) -> bool:
    """Whether a paragraph's line goes on here."""
    return len(before) >= WRAPPED and before.rstrip()[-1:] not in ".!?" and text[:1].islower()
