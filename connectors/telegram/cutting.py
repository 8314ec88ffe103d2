"""A marked text in parts within a limit: cut at words, never within a character, a link or, if possible, a span. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from connectors.markup import Marked, Span

MOST_ENTITIES = 100
TYPES = {
    "bold": "bold",
    "italic": "italic",
    "strike": "strikethrough",
    "code": "code",
    "pre": "pre",
    "quote": "blockquote",
    "link": "text_link",
}


def cut(marked: Marked, limit: int) -> list[Marked]:
    """Parts of at most `limit` UTF-16 units; a span that has to be cut goes on in the next part."""
    parts: list[Marked] = []
    left = _slice(marked, 0, len(marked.text))
    while left.text:
        at = _cut(left, limit)
        if (part := _slice(left, 0, at)).text:
            parts.append(part)
        left = _slice(left, at, len(left.text))
    return parts


def entities(marked: Marked) -> tuple[dict[str, Any], ...]:
    """The spans as the Bot API writes them: https://core.telegram.org/bots/api#messageentity"""
    return tuple(_entity(marked.text, span) for span in marked.spans[:MOST_ENTITIES])


def units(text: str) -> int:
    """Its length as Telegram counts, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _entity(text: str, span: Span) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": TYPES[span.kind],
        "offset": units(text[: span.start]),
        "length": units(text[span.start : span.end]),
    }
    return made | ({"url": span.url} if span.url else {})


def _slice(marked: Marked, start: int, end: int) -> Marked:
    """A part without the space around it, its spans clipped."""
    piece = marked.text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = max(start, end - (len(piece) - len(piece.rstrip())))
    spans = [
        replace(span, start=max(0, span.start - start), end=min(span.end, end) - start)
        for span in marked.spans
        if span.start < end and span.end > start
    ]
    return Marked(text=marked.text[start:end], spans=tuple(spans))


def _cut(marked: Marked, limit: int) -> int:
    """Where to end the first part."""
    text = marked.text
    longest = min(len(text), limit)
    while (excess := units(text[:longest]) - limit) > 0:
        longest -= (excess + 1) // 2
    if longest == len(text):
        return longest
    kept = tuple(span for span in marked.spans if span.kind in ("link", "code"))
    for whole in (marked.spans, kept, ()):
        for border in ("\n\n", "\n", " "):
            if at := _border(text, border, longest, whole):
                return at
    return _between_characters(text, longest)


def _border(text: str, border: str, longest: int, whole: Sequence[Span]) -> int:
    """The last border in the second half that cuts none of the spans; 0 when there is none."""
    at = text.rfind(border, longest // 2, longest + 1)
    while at > 0 and any(span.start < at < span.end for span in whole):
        at = text.rfind(border, longest // 2, at + len(border) - 1)
    return max(at, 0)


def _between_characters(text: str, at: int) -> int:
    """Never before a combining mark or beside a joiner: Khmer has no spaces, but it has those."""
    for found in range(at, max(1, at - 32), -1):
        if (
            unicodedata.category(text[found])[0] != "M"
            and "\u200d" not in text[found - 1 : found + 1]
            and text[found - 1] != "\u17d2"
        ):
            return found
    return at
