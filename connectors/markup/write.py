"""A marked text as HTML, with the marks of messengers that have their own, or bare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Final

from connectors.markup.read import Marked, Span

TAGS: Final = {
    "bold": "b",
    "italic": "i",
    "strike": "s",
    "code": "code",
    "pre": "pre",
    "quote": "blockquote",
}
BLOCKS: Final = ("pre", "quote")
MARKS: Final = {"bold": "*", "italic": "_", "strike": "~", "code": "`", "pre": "```"}
Piece = tuple[str, Span | None, str, tuple[Span, ...]]
"""What comes next: open, close or text; the span; the text; the spans that stand open."""


def to_html(marked: Marked, *, text: Callable[[str], str] = escape) -> str:
    """Harmless HTML. `text` makes the bare words harmless, and may make addresses of the web clickable."""
    out: list[str] = []
    after_block = False
    for what, span, words, open_spans in _pieces(marked):
        if what == "text":
            words = words.removeprefix("\n") if after_block else words
            bare = any(one.kind in ("link", "code", "pre") for one in open_spans)
            out.append(escape(words) if bare else str(text(words)))
        elif span is not None:
            out.append(_tag(span, closing=what == "close"))
        after_block = what == "close" and span is not None and span.kind in BLOCKS
    return "".join(out)


def to_plain(marked: Marked) -> str:
    """For channels without formatting: quotes keep their `>`, links name their address."""
    return _lines(marked, {})


def to_marks(marked: Marked) -> str:
    """With the marks that WhatsApp and its like understand; where they would stand within a word, without."""
    return _lines(marked, MARKS)


def _lines(marked: Marked, marks: dict[str, str]) -> str:
    out: list[str] = []
    for what, span, words, open_spans in _pieces(marked):
        if what == "text":
            is_quoted = any(one.kind == "quote" for one in open_spans)
            out.append(words.replace("\n", "\n> ") if is_quoted else words)
        elif span is None:
            continue
        elif span.kind == "quote":
            out.append("> " if what == "open" else "")
        elif span.kind == "link":
            label = marked.text[span.start : span.end]
            out.append(f" ({_shown(span.url)})" if what == "close" and not _is_same(label, span.url) else "")
        elif _stands_free(marked.text, span) and span.kind not in [
            one.kind for one in open_spans if one != span
        ]:
            out.append(marks.get(span.kind, ""))
    return "".join(out)


def _pieces(marked: Marked) -> Iterator[Piece]:
    """The text cut where spans begin and end, in order."""
    at = 0
    open_spans: list[Span] = []
    for span in marked.spans:
        while open_spans and open_spans[-1].end <= span.start:
            done = open_spans[-1]
            if done.end > at:
                yield "text", None, marked.text[at : done.end], tuple(open_spans)
            at = max(at, done.end)
            open_spans.pop()
            yield "close", done, "", tuple(open_spans)
        if span.start > at:
            yield "text", None, marked.text[at : span.start], tuple(open_spans)
            at = span.start
        open_spans.append(span)
        yield "open", span, "", tuple(open_spans)
    while open_spans:
        done = open_spans[-1]
        if done.end > at:
            yield "text", None, marked.text[at : done.end], tuple(open_spans)
            at = done.end
        open_spans.pop()
        yield "close", done, "", tuple(open_spans)
    if at < len(marked.text):
        yield "text", None, marked.text[at:], ()


def _tag(span: Span, *, closing: bool) -> str:
    if span.kind == "link":
        address = escape(span.url)
        return (
            "</a>" if closing else f'<a href="{address}" rel="noopener noreferrer nofollow" target="_blank">'
        )
    return f"</{TAGS[span.kind]}>" if closing else f"<{TAGS[span.kind]}>"


def _shown(url: str) -> str:
    return url.partition(":")[2] if url.lower().startswith(("mailto:", "tel:")) else url


def _is_same(label: str, url: str) -> bool:
    return label.rstrip("/") in (
        url.rstrip("/"),
        _shown(url).rstrip("/"),
        url.partition("://")[2].rstrip("/"),
    )


def _stands_free(text: str, span: Span) -> bool:
    """Whether marks around it would be read as marks."""
    around = text[max(0, span.start - 1) : span.start] + text[span.end : span.end + 1]
    is_one_line = span.kind == "pre" or "\n" not in text[span.start : span.end]
    return is_one_line and not any(char.isalnum() for char in around)
