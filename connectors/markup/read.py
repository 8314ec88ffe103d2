"""What a person wrote with marks: the bare text, and which spans of it are bold, a link, a quote.

`*bold*` `_italic_` `~strike~` (doubled within a word: `**bo**ld`), `` `code` ``, `[label](https://…)`, lines that begin
with `>` are a quote, lines between two of ``` are code. A backslash takes a mark literally. What does not fit stays text:
nothing is ever lost, and no input takes long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

MOST_TRIES: Final = 1_000
"""Marks that are looked at before the rest is taken as it stands."""
DEEPEST: Final = 6
UNIT: Final = r"(?>\\.|`[^`\n]*`|\[[^\[\]\n]{1,500}\]\([^\s()]*\)|[^\\\n])"
LINK: Final = re.compile(
    r"\[([^\[\]\n]{1,500})\]\(((?:https?://|mailto:|tel:)[^\s()<>\"]{1,2000}(?:\([^\s()<>\"]*\)[^\s()<>\"]*)?)\)",
    re.IGNORECASE,
)
CODE: Final = re.compile(r"`([^`\n]{1,2000})`")
DOUBLE: Final = {
    mark: re.compile(rf"{re.escape(mark * 2)}(?=[^\s{mark}])({UNIT}{{1,2000}}?)(?<=\S){re.escape(mark * 2)}")
    for mark in "*~"
}
SINGLE: Final = {
    mark: re.compile(
        rf"{re.escape(mark)}(?=[^\s{mark}])((?:(?!{re.escape(mark)}){UNIT}){{1,2000}}?)(?<=\S){re.escape(mark)}"
    )
    for mark in "*_~"
}
KINDS: Final = {"*": "bold", "_": "italic", "~": "strike"}
ESCAPED: Final = "*_~`[]()>\\"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """`kind` is bold, italic, strike, code, pre, quote or link; offsets count characters of the bare text."""

    kind: str
    start: int
    end: int
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A text and its spans, which nest: sorted by where they begin, the longer first."""

    text: str
    spans: tuple[Span, ...] = ()


def read(source: str) -> Marked:
    """Never fails."""
    out = _Out()
    lines = source.replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines):
        if at:
            out.add("\n")
        at = _block(lines, at, out)
    spans = sorted(out.spans, key=lambda span: (span.start, -span.end, span.kind != "quote"))
    return Marked(text="".join(out.parts), spans=tuple(spans))


@dataclass(slots=True)
class _Out:
    parts: list[str] = field(default_factory=list[str])
    spans: list[Span] = field(default_factory=list[Span])
    length: int = 0
    tries: int = 0

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def close(self, kind: str, start: int, url: str = "") -> None:
        if self.length > start:
            self.spans.append(Span(kind=kind, start=start, end=self.length, url=url))


def _block(lines: list[str], at: int, out: _Out) -> int:
    """One line, or the lines of a quote or of code; returns the next line's number."""
    start, line = out.length, lines[at]
    if line.startswith("```") and (end := _fence(lines, at)):
        out.add("\n".join(lines[at + 1 : end]))
        out.close("pre", start)
        return end + 1
    if not line.startswith(">"):
        _inline(line, out, 0)
        return at + 1
    first = at
    while at < len(lines) and lines[at].startswith(">"):
        if at > first:
            out.add("\n")
        _inline(lines[at][1:].removeprefix(" "), out, 1)
        at += 1
    out.close("quote", start)
    return at


def _fence(lines: list[str], at: int) -> int:
    """Where the code ends that begins here; 0 where it does not end, or holds nothing."""
    end = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == "```"), 0)
    return end if lines[at].strip("`").strip() == "" or lines[at][3:].isalnum() else 0


def _inline(source: str, out: _Out, depth: int) -> None:
    at = plain = 0
    while at < len(source):
        char = source[at]
        if char == "\\" and source[at + 1 : at + 2] and source[at + 1] in ESCAPED:
            out.add(source[plain:at])
            plain, at = at + 1, at + 2
        elif char in "*_~`[" and depth < DEEPEST and (found := _found(source, at, out)):
            out.add(source[plain:at])
            plain = at = _take(found, out, depth)
        else:
            at += 1
    out.add(source[plain:])


def _take(found: tuple[str, re.Match[str]], out: _Out, depth: int) -> int:
    """Write a span without its marks; returns where the source goes on."""
    kind, match = found
    start = out.length
    if kind == "code":
        out.add(match[1])
    else:
        _inline(match[1], out, depth + 1)
    out.close(kind, start, match[2] if kind == "link" else "")
    return match.end()


def _found(source: str, at: int, out: _Out) -> tuple[str, re.Match[str]] | None:
    """The span that begins here, if one does."""
    out.tries += 1
    if out.tries > MOST_TRIES:
        return None
    mark = source[at]
    if mark in "`[":
        match = (CODE if mark == "`" else LINK).match(source, at)
        return ("code" if mark == "`" else "link", match) if match else None
    if mark in DOUBLE and source.startswith(mark * 2, at):
        match = DOUBLE[mark].match(source, at)
        return (KINDS[mark], match) if match else None
    if _joins(source[at - 1 : at]):
        return None
    match = SINGLE[mark].match(source, at)
    return (KINDS[mark], match) if match and not _joins(source[match.end() : match.end() + 1]) else None


def _joins(char: str) -> bool:
    """Whether a mark beside this character stands within a word or a number: 5*3*2, snake_case. Scripts that have no
    spaces and no capitals (Khmer, Thai, Chinese) have no such words."""
    return char.isalnum() and (char.isdigit() or char.lower() != char.upper())
