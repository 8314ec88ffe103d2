"""What stands below the words: signatures, the programs' own lines, disclaimers, footers of mailing lists. Pure, linear."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from connectors.email.quoted.below_phrases import (
    CLOSINGS,
    DEVICE_LINE,
    DEVICES,
    LIST_FOOTER,
    MEANT,
    MOBILE,
    NOTICES,
    SECRET,
)
from connectors.email.quoted.html_text import Line
from connectors.email.quoted.text_headers import RULE

DASHES: Final = frozenset({"--", "—", "- --"})
LIST_RULE: Final = re.compile(r"(?:_{2,}|-{2,}|—|={4,})\Z")
LAST: Final = 40
"""Filled lines from the end among which a disclaimer or footer is looked for."""
DISCLAIMER: Final = 80
NAME: Final = 90
"""Longest line of a signature."""
SIGNED: Final = 8
"""Most filled lines of it, but for the closing."""
LINK: Final = re.compile(r"\[([^\[\]]{1,80})\]\([^()\s]{0,300}\)")
AFTER: Final = re.compile(r"\s*[<(]?https?://\S{1,300}\Z")
PARAGRAPH: Final = 4_000


def without_below(lines: Sequence[Line], kept: list[int]) -> list[int]:
    """The kept lines but for what is below the words; never nothing if there were words."""
    for cut in CUTS:
        at = cut(lines, kept)
        if at is not None and any(lines[i].text.strip(RULE) for i in kept[:at]):
            kept = kept[:at]
    return kept


def _signature(lines: Sequence[Line], kept: list[int]) -> int | None:
    """Where HTML calls it a signature, and at "-- "."""
    for position, i in enumerate(kept):
        if lines[i].mark == "signature" or (lines[i].text.strip() in DASHES and not lines[i].quoted):
            return position
    return None


def _list_footer(lines: Sequence[Line], kept: list[int]) -> int | None:
    """A rule, and just below it words that only a mailing list writes."""
    filled = [position for position, i in enumerate(kept) if lines[i].text.strip()][-LAST:]
    for at, position in enumerate(filled):
        line = lines[kept[position]]
        if line.quoted or not LIST_RULE.match(line.text.strip()):
            continue
        below = " ".join(lines[kept[next_]].text.lower()[:300] for next_ in filled[at + 1 : at + 4])
        if any(words in below for words in LIST_FOOTER):
            return position
    return None


def _disclaimer(lines: Sequence[Line], kept: list[int]) -> int | None:
    """The first paragraph near the end that is one; what comes below it goes with it."""
    filled = [position for position, i in enumerate(kept) if lines[i].text.strip()][-LAST:]
    if not filled:
        return None
    for start, text in _paragraphs(lines, kept, first=filled[0]):
        if start and _is_disclaimer(text.lower()):
            return start
    return None


def _paragraphs(lines: Sequence[Line], kept: list[int], *, first: int) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    open_ = False
    for position in range(first, len(kept)):
        line = lines[kept[position]]
        text = line.text.strip(RULE)
        if not text or line.quoted:
            open_ = False
        elif not open_:
            found.append((position, text[:PARAGRAPH]))
            open_ = True
        elif len(found[-1][1]) < PARAGRAPH:
            found[-1] = (found[-1][0], f"{found[-1][1]} {text[:PARAGRAPH]}")
    return found


def _is_disclaimer(text: str) -> bool:
    if text.startswith(NOTICES):
        return True
    dense = any("\u3000" < letter < "\ud7b0" for letter in text[:40])
    if len(text) < (DISCLAIMER // 3 if dense else DISCLAIMER):
        return False
    return any(word in text for word in SECRET) and any(word in text for word in MEANT)


def _closing(lines: Sequence[Line], kept: list[int]) -> int | None:
    """A line such as "Kind regards", if below are the few short lines of a signature; with a mere name it ends the letter."""
    filled = [position for position, i in enumerate(kept) if lines[i].text.strip()]
    for at in range(max(1, len(filled) - SIGNED - 1), len(filled) - 1):
        line = lines[kept[filled[at]]]
        if line.quoted or line.text.strip(RULE + ",.!，。、").lower() not in CLOSINGS:
            continue
        below = [lines[kept[position]] for position in filled[at + 1 :]]
        if len(below) > 1 and all(_may_sign(each) for each in below):
            return filled[at]
    return None


def _may_sign(line: Line) -> bool:
    text = line.text.strip()
    return not line.quoted and len(text) < NAME and not text.endswith(("?", "？", "؟", ";", ","))


def _device(lines: Sequence[Line], kept: list[int]) -> int | None:
    """ "Sent from my …" as the last line, or as a paragraph of its own: what follows it then is an earlier mail."""
    filled = [position for position, i in enumerate(kept) if lines[i].text.strip()]
    for position in filled[-3:]:
        text = _unlinked(lines[kept[position]].text)
        if (
            len(text) >= 120
            or position == filled[0]
            or not (text.startswith(MOBILE) or DEVICE_LINE.match(text))
        ):
            continue
        if text[-1] not in ".?!" or position == filled[-1]:
            return position
    for at, position in enumerate(filled[1:], 1):
        text = lines[kept[position]].text.strip().lower()
        if len(text) < 60 and text.startswith(DEVICES) and text[-1] not in ".?!,;:":
            alone = position + 1 < len(kept) and not lines[kept[position + 1]].text.strip()
            if alone and filled[at - 1] < position - 1:
                return position
    return None


def _unlinked(text: str) -> str:
    """A line in small letters, without rules and brackets around it, and its links without their addresses."""
    text = LINK.sub(r"\1", text[:500]).strip(RULE + "<>()[]{}«»\"'|").lower()
    return AFTER.sub("", text)


CUTS: Final[tuple[Callable[[Sequence[Line], list[int]], int | None], ...]] = (
    _list_footer,
    _signature,
    _disclaimer,
    _device,
    _closing,
)
