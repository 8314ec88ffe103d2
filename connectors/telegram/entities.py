"""Turns Telegram's text with entities into HTML, whatever the offsets say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from connectors.telegram.model import Entity
from values.texts import storable

MOST = 200
DEEPEST = 16
TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
LINKS = ("http://", "https://", "mailto:", "tel:", "tg://")


def to_html(text: str, entities: Sequence[Entity]) -> str:
    """The formatted text; empty when there is no formatting, so that the plain text does.

    Offsets count UTF-16 units. Entities that lie outside the text, overlap without nesting or nest too deep lose their
    formatting, never their text.
    """
    spans = [entity for entity in entities[:MOST] if _opening(entity)]
    if not spans:
        return ""
    units = text.encode("utf-16-le", "surrogatepass")
    spans.sort(key=lambda span: (span.offset, -span.length))
    return "".join(_pieces(units, spans))


def _pieces(units: bytes, spans: Sequence[Entity]) -> Iterator[str]:
    at, end = 0, len(units) // 2
    open_spans: list[Entity] = []
    for span in spans:
        if span.offset < at or span.length <= 0 or _end(span) > end or len(open_spans) >= DEEPEST:
            continue
        if _halves(units, span.offset) or _halves(units, _end(span)):
            continue
        while open_spans and _end(open_spans[-1]) <= span.offset:
            done = open_spans.pop()
            yield _text(units, at, _end(done))
            yield _closing(done)
            at = _end(done)
        if open_spans and _end(span) > _end(open_spans[-1]):
            continue
        yield _text(units, at, span.offset)
        yield _opening(span)
        at = span.offset
        open_spans.append(span)
    for span in reversed(open_spans):
        yield _text(units, at, _end(span))
        yield _closing(span)
        at = _end(span)
    yield _text(units, at, end)


def _end(span: Entity) -> int:
    return span.offset + span.length


def _halves(units: bytes, at: int) -> bool:
    """Whether a cut here would go through the middle of a character."""
    return 0xDC <= units[at * 2 + 1] <= 0xDF if at * 2 < len(units) else False


def _text(units: bytes, start: int, end: int) -> str:
    piece = units[start * 2 : end * 2].decode("utf-16-le", "replace")
    return escape(piece).replace("\n", "<br>")


def _opening(span: Entity) -> str:
    """The opening tag; empty for an entity that formats nothing (a mention, a bare address, a dangerous link)."""
    if tag := TAGS.get(span.type):
        return f"<{tag}>"
    if span.type == "text_link" and span.url.lower().startswith(LINKS):
        url = escape(storable(span.url))
        return f'<a href="{url}">'
    return ""


def _closing(span: Entity) -> str:
    return f"</{TAGS.get(span.type, 'a')}>"
