"""The small mark-up: what is read, what every channel gets of it, and that no input breaks or slows it."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.markup import Marked, read, to_html, to_marks, to_plain

MARKS = "*_~`[]()>\\ \nab5ជhttps://x"


def shape(marked: Marked) -> list[tuple[str, str]]:
    return [(span.kind, marked.text[span.start : span.end]) for span in marked.spans]


@pytest.mark.parametrize(
    ("source", "text", "spans"),
    [
        ("*a* _b_ ~c~ `d`", "a b c d", [("bold", "a"), ("italic", "b"), ("strike", "c"), ("code", "d")]),
        ("**a *b* c** x", "a b c x", [("bold", "a b c"), ("bold", "b")]),
        ("(*a*), _b_!", "(a), b!", [("bold", "a"), ("italic", "b")]),
        ("5*3*2 snake_case_name a~b~c", "5*3*2 snake_case_name a~b~c", []),
        ("**bo**ld", "bold", [("bold", "bo")]),
        ("ខ្ញុំ*ចង់*បាន", "ខ្ញុំចង់បាន", [("bold", "ចង់")]),
        ("* a* *b *", "* a* *b *", []),
        ("*a\nb*", "*a\nb*", []),
        ("\\*a\\* c:\\d", "*a* c:\\d", []),
        ("`*a*`", "*a*", [("code", "*a*")]),
        ("[our *site*](https://a.b/c_d)", "our site", [("link", "our site"), ("bold", "site")]),
        ("[w](https://a.b/c_(d))", "w", [("link", "w")]),
        ("[x](javascript:alert(1)) [y](//a.b)", "[x](javascript:alert(1)) [y](//a.b)", []),
        ("> a\n>*b*\nc", "a\nb\nc", [("quote", "a\nb"), ("bold", "b")]),
        ("```\n*a*\n```\nb", "*a*\nb", [("pre", "*a*")]),
        ("```\nopen", "```\nopen", []),
        ("", "", []),
    ],
)
def test_what_is_read(source: str, text: str, spans: list[tuple[str, str]]) -> None:
    marked = read(source)
    assert marked.text == text
    assert shape(marked) == spans


@pytest.mark.parametrize(
    ("source", "html", "plain", "whatsapp"),
    [
        ("*a* & <b>", "<b>a</b> &amp; &lt;b&gt;", "a & <b>", "*a* & <b>"),
        ("**bo**ld", "<b>bo</b>ld", "bold", "bold"),
        (
            "[a](https://x.y/?a=1&b=2)",
            '<a href="https://x.y/?a=1&amp;b=2" rel="noopener noreferrer nofollow" target="_blank">a</a>',
            "a (https://x.y/?a=1&b=2)",
            "a (https://x.y/?a=1&b=2)",
        ),
        (
            "[a@b.c](mailto:a@b.c)",
            '<a href="mailto:a@b.c" rel="noopener noreferrer nofollow" target="_blank">a@b.c</a>',
            "a@b.c",
            "a@b.c",
        ),
        (
            "hi\n> a\n> _b_\nc",
            "hi\n<blockquote>a\n<i>b</i></blockquote>c",
            "hi\n> a\n> b\nc",
            "hi\n> a\n> _b_\nc",
        ),
        ("```\na\nb\n```", "<pre>a\nb</pre>", "a\nb", "```a\nb```"),
        ("*a _b_*", "<b>a <i>b</i></b>", "a b", "*a _b_*"),
    ],
)
def test_how_it_is_written(source: str, html: str, plain: str, whatsapp: str) -> None:
    marked = read(source)
    assert to_html(marked) == html
    assert to_plain(marked) == plain
    assert to_marks(marked) == whatsapp


class Strict(HTMLParser):
    """Every tag is one of ours and closes in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("b", "i", "s", "code", "pre", "blockquote", "a"), tag
        assert {name for name, _ in attrs} <= {"href", "rel", "target"}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet=MARKS, max_size=120) | st.text(max_size=200))
def test_any_text_gives_harmless_html_and_nested_spans(source: str) -> None:
    marked = read(source)
    for span in marked.spans:
        assert 0 <= span.start < span.end <= len(marked.text)
    parser = Strict()
    parser.feed(to_html(marked))
    parser.close()
    assert parser.open == []
    assert to_plain(marked) is not None
    assert set(marked.text) <= set(source) | {"\n"}


@given(st.text(alphabet="ab c.,!\nជ", max_size=80))
def test_a_text_without_marks_stays_as_it_is(source: str) -> None:
    assert read(source) == Marked(text=source)
    assert to_html(Marked(text=source)) == source


@pytest.mark.parametrize(
    "source", ["*a " * 30_000, "_" * 100_000, "[x](https://a" * 8_000, "> *" * 30_000, "`*_~[" * 20_000]
)
def test_no_input_takes_long(source: str) -> None:
    began = time.process_time()
    to_html(read(source))
    assert time.process_time() - began < 2
