"""New words apart from quoted history: linear in the text, by structure first and by the tables of `phrases` second."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from connectors.email.below import without_below
from connectors.email.forward_phrases import FORWARDED
from connectors.email.html_text import Line
from connectors.email.phrases import OPENERS, ORIGINAL, VERB_FIRST, WROTE
from connectors.email.text_headers import RULE, TIME, YEAR, is_header_block, is_header_line, label

EXAMINED: Final = 2_000
"""Lines that are looked at; what follows stays with whatever it follows."""
LONG: Final = 400
QUOTE: Final = re.compile(r"^ {0,3}(?:>|&gt;)")
COLONS: Final = " :：៖"
SIGNED: Final = re.compile(r"<[^<>]{3,200}@[^<>]{3,200}>\s{0,3}[:：៖]\Z")
STAMP: Final = 160
WRAPPED: Final = 60
NUMBER: Final = re.compile(r"\d{1,8}")
ADDRESS: Final = re.compile(r"\A\(?<[^<>\s]{3,200}@[^<>\s]{3,200}>")


def plain_lines(text: str) -> list[Line]:
    """Lines of a text/plain body; those behind ">" are quoted, without their marks."""
    return [_plain_line(line) for line in text.split("\n")]


def split(lines: Sequence[Line]) -> tuple[str, str]:
    """(new words, folded history). Everything is in one of the two; without new words all of it is the text."""
    kept = without_below(lines, _kept(_labels(lines, until_history(lines))))
    text = joined([lines[i] for i in kept])
    if not text:
        return joined(lines), ""
    rest = sorted(set(range(len(lines))) - set(kept))
    return text, joined([lines[i] for i in rest])


def signed(lines: Sequence[Line]) -> str:
    """The new words with their signature and all else that stands below them, but without earlier mail."""
    return joined([lines[i] for i in _kept(_labels(lines, until_history(lines)))]) or joined(lines)


def joined(lines: Sequence[Line]) -> str:
    """Lines as one text, quoted ones behind ">"."""
    text = "\n".join(f"> {line.text}" if line.quoted and line.text else line.text for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n").strip()


def is_attribution(text: str, *, quoted_next: bool) -> bool:
    """Whether a line (or a few, joined) says who wrote what follows, and when."""
    ruled = text.startswith("--")
    text = text.strip(RULE)
    if not 6 < len(text) <= LONG:
        return False
    lower = text.rstrip(COLONS).lower()
    if text[-1] not in COLONS + ">" and not ((ruled or "@" in text) and lower.endswith(WROTE)):
        return False
    ends = lower.endswith(WROTE)
    verb = ends or any(f" {word} " in f" {lower} " for word in VERB_FIRST)
    dated = bool("@" in text or TIME.search(text) or YEAR.search(text))
    if verb:
        return dated or (quoted_next and ends)
    if lower and SIGNED.search(text) and TIME.search(text):
        return True
    if not quoted_next or not dated:
        return False
    return lower.split(" ", 1)[0].strip(",.") in OPENERS or _is_stamp(text)


def _is_stamp(text: str) -> bool:
    """A date and somebody's name or address just above a quotation, in whatever language."""
    if len(text) > STAMP:
        return False
    numbers = len(NUMBER.findall(text[:STAMP]))
    return bool(YEAR.search(text)) and (numbers > 1 or "@" in text)


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
        if (
            len(bare) < 60
            and line.text.strip()[:2] in {"--", "__", "==", "**"}
            and _is_phrase(bare, ORIGINAL)
        ):
            return i
        if label(line.text)[0] in {"from", "date"} and (
            is_header_block(lines, i) or is_header_line(line.text)
        ):
            return i
        count = attribution_at(lines, i)
        if count and not _followed_by_quote(lines, i + count) and not _quotes_after(lines, i + count):
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


def attribution_at(lines: Sequence[Line], i: int) -> int:
    """Over how many lines an attribution runs that begins here; 0 for none."""
    first = lines[i].text.strip(" *_")
    if not first or lines[i].quoted or len(first) > LONG:
        return 0
    if is_attribution(first, quoted_next=_followed_by_quote(lines, i + 1)):
        return 1
    if not _may_begin(first, lines[i + 1].text.strip() if i + 1 < len(lines) else ""):
        return 0
    joined = first
    for count in range(2, 5):
        line = lines[i + count - 1] if i + count <= len(lines) else None
        if line is None or not line.text.strip() or (line.quoted and count > 2):
            return 0
        joined = f"{joined} {line.text.strip(' *_')}"
        if is_attribution(joined, quoted_next=_followed_by_quote(lines, i + count)):
            return count
    return 0


def _may_begin(first: str, below: str) -> bool:
    """Whether an attribution that goes on in the next line may begin like this."""
    if first.split(" ", 1)[0].lower().strip(",.") in OPENERS or first[0].isdigit():
        return True
    return bool(ADDRESS.match(below)) and len(first) < STAMP


def _followed_by_quote(lines: Sequence[Line], i: int) -> bool:
    return any(line.quoted for line in _next_filled(lines, i))


def _next_filled(lines: Sequence[Line], i: int) -> list[Line]:
    return [line for line in lines[i : i + 4] if line.text.strip()][:1]


def _quotes_after(lines: Sequence[Line], i: int) -> bool:
    return any(line.quoted for line in lines[i : i + 12])


def _is_phrase(bare: str, phrases: Sequence[str]) -> bool:
    return bare.startswith(tuple(phrases)) or bare.endswith(tuple(phrases))
