"""New words apart from quoted history: linear in the text, by structure first and by the tables of `phrases` second."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from connectors.email.quoted.above import is_banner, parted_banner, without_above
from connectors.email.quoted.attribution_lines import (
    attribution_at,
    followed_by_quote,
    is_attribution,
    parted,
)
from connectors.email.quoted.below import without_below
from connectors.email.quoted.forward_phrases import FORWARDED
from connectors.email.quoted.html_text import Line
from connectors.email.quoted.phrases import ORIGINAL
from connectors.email.quoted.text_headers import RULE, is_header_block, is_header_line, label

EXAMINED: Final = 2_000
"""Lines that are looked at; what follows stays with whatever it follows."""
QUOTE: Final = re.compile(r"^ {0,3}(?:>|&gt;|＞)")
BAR: Final = re.compile(r"\s{0,3}[|¦│┃»›][|¦│┃»› ]*(?=\s|\Z)")
"""What some programs draw beside a quotation; tables have it, too."""
WRAPPED: Final = 60
RULERS: Final = frozenset("-_=*~—–━─[#")


def plain_lines(text: str) -> list[Line]:
    """Lines of a text/plain body; those behind ">" are quoted, without their marks."""
    return _barred([_plain_line(line) for line in text.split("\n")])


def split(lines: Sequence[Line]) -> tuple[str, str]:
    """(new words, folded history). Everything is in one of the two; without new words all of it is the text."""
    lines = _apart(lines)
    labels = _labels(lines, until_history(lines))
    kept = without_above(lines, _ended(without_below(lines, _kept(labels)), labels))
    text = joined([lines[i] for i in kept])
    if not text:
        return joined(lines), ""
    rest = sorted(set(range(len(lines))) - set(kept))
    return text, joined([lines[i] for i in rest])


def signed(lines: Sequence[Line]) -> str:
    """The new words with their signature and all else that stands below them, but without earlier mail."""
    lines = _apart(lines)
    return joined([lines[i] for i in _kept(_labels(lines, until_history(lines)))]) or joined(lines)


def joined(lines: Sequence[Line]) -> str:
    """Lines as one text, quoted ones behind ">"."""
    text = "\n".join(f"> {line.text}" if line.quoted and line.text else line.text for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n").strip()


def _apart(lines: Sequence[Line]) -> list[Line]:
    """The lines, those taken apart that hold words of the writer beside an attribution or a warning."""
    out: list[Line] = []
    top = True
    for i, line in enumerate(lines):
        if i >= EXAMINED or not line.text.strip():
            out.append(line)
            continue
        before, rest = parted(lines, i)
        if before:
            out += [Line(text=before, mark=line.mark), Line(text=rest, mark=line.mark)]
        else:
            out += parted_banner(line) if top else [line]
        top = top and is_banner(line.text)
    return out


def _ended(kept: list[int], labels: Sequence[str]) -> list[int]:
    """Without the quotations at the end, above which a footer stood that is gone."""
    end = len(kept)
    while end and labels[kept[end - 1]] != "new":
        end -= 1
    return kept[:end] or kept


def _barred(lines: list[Line]) -> list[Line]:
    """The lines; those behind bars are quoted where an attribution stands above them."""
    above = ""
    inside = False
    for i, line in enumerate(lines):
        found = None if line.quoted else BAR.match(line.text)
        is_row = len(line.text.strip()) > 1 and line.text.rstrip().endswith("|")
        if found and (inside or (above and not is_row and is_attribution(above, quoted_next=True))):
            lines[i] = Line(text=line.text[found.end() :].strip(), quoted=True)
            inside = True
        elif line.text.strip():
            inside, above = False, line.text.strip()
    return lines


def _plain_line(line: str) -> Line:
    if not QUOTE.match(line) or line[-40:].rstrip().endswith("<<"):  # ">>> here <<<" is decoration
        return Line(text=line.rstrip())
    return Line(
        text=line.lstrip(" >").rstrip() if line.lstrip().startswith(">") else line.rstrip(), quoted=True
    )


def until_history(lines: Sequence[Line]) -> int:
    """Index of the first line after which all is history; the number of lines if there is none."""
    for i, line in enumerate(lines[:EXAMINED]):
        if line.mark == "history":
            return i
        if line.quoted or not line.text:
            continue
        bare = line.text.strip(RULE + ":").lower()
        if len(bare) < 60 and _is_phrase(bare, FORWARDED):
            return len(lines)
        if len(bare) < 60 and _is_ruled(line.text) and _is_phrase(bare.strip("[]# "), ORIGINAL):
            return i
        if label(line.text)[0] in {"from", "date"} and (
            is_header_block(lines, i) or is_header_line(line.text)
        ):
            return i
        count = attribution_at(lines, i)
        if count and not followed_by_quote(lines, i + count) and not _quotes_after(lines, i + count):
            return i
    return len(lines)


def _labels(lines: Sequence[Line], head: int) -> list[str]:
    """new, quote, attribution, blank or history for each line."""
    labels = ["history"] * len(lines)
    i = 0
    while i < head:
        line = lines[i]
        count = 0 if line.quoted or i > EXAMINED else attribution_at(lines, i)
        if count:
            labels[i : i + count] = ["attribution"] * count
            i += count
            continue
        labels[i] = (
            "quote" if line.quoted or _is_wrapped(lines, i) else "new" if line.text.strip(RULE) else "blank"
        )
        if line.mark == "attribution":
            labels[i] = "attribution"
        i += 1
    return labels


def _is_wrapped(lines: Sequence[Line], i: int) -> bool:
    """The end of a quoted line that was too long for a program on its way: it lost its mark."""
    if not 0 < i < len(lines) - 1 or not lines[i - 1].quoted or not lines[i + 1].quoted:
        return False
    before, text = lines[i - 1].text.rstrip(), lines[i].text
    if before.count("(") > before.count(")") and "://" in before[before.rfind("(") :] and " " not in text:
        return True
    return len(before) >= WRAPPED and before[-1] not in ".?!:;" and text[:1].islower()


def _kept(labels: Sequence[str]) -> list[int]:
    """Indexes of what the writer wrote; with answers between quotations these stay, else nothing could be understood."""
    new = [i for i, each in enumerate(labels) if each == "new"]
    old = [i for i, each in enumerate(labels) if each in {"quote", "attribution"}]
    if not new:
        return []
    if not old:
        return list(range(new[0], new[-1] + 1))
    runs = _runs(labels)
    inline = runs.count("new") > 1 and runs.count("quote") > 1
    if inline:
        first = next(i for i, each in enumerate(labels) if each in {"new", "quote"})
        return [i for i in range(first, new[-1] + 1) if labels[i] != "attribution"]
    return [i for i in range(new[0], new[-1] + 1) if labels[i] in {"new", "blank"}]


def _runs(labels: Sequence[str]) -> list[str]:
    runs: list[str] = []
    for each in labels:
        if each in {"new", "quote"} and (not runs or runs[-1] != each):
            runs.append(each)
    return runs


def _is_ruled(text: str) -> bool:
    """Whether signs of a rule stand before the words, be they set in bold or not."""
    text = text.strip()
    bare = text.strip(" *_")
    return (text[:1] == "[" and text[-1:] == "]") or any(
        set(each[:2]) <= RULERS and len(each) > 2 for each in (text, bare)
    )


def _quotes_after(lines: Sequence[Line], i: int) -> bool:
    return any(line.quoted for line in lines[i : i + 12])


def _is_phrase(bare: str, phrases: Sequence[str]) -> bool:
    return bare.startswith(tuple(phrases)) or bare.endswith(tuple(phrases))
