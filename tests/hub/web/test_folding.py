"""Long texts fold, short ones do not, and nothing of a text is lost."""

from __future__ import annotations

from unicodedata import combining

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.web.folding import LINES, SHOWN, fold


def test_what_is_only_a_little_longer_is_shown_whole() -> None:
    for text in ("", "Hello", "a" * SHOWN, "word " * (SHOWN // 5 + 50), "line\n" * LINES):
        assert fold(text) == (text, "")


def test_a_long_text_is_cut_between_words() -> None:
    shown, rest = fold("word " * 5_000)
    assert shown.endswith("word ")
    assert rest.startswith("word ")
    assert len(shown) <= SHOWN


def test_many_lines_fold_however_short() -> None:
    shown, rest = fold("1\n" * 10_000)
    assert shown.count("\n") <= LINES
    assert rest


def test_a_letter_keeps_its_marks() -> None:
    shown, rest = fold("x" * (SHOWN - 3) + "a" + "\u0301" * 10_000)
    assert not combining(rest[0])
    assert shown
    assert fold("a" + "\u0301" * 100_000)[1], "nor do marks alone keep a text whole"


@settings(max_examples=200)
@given(st.text(max_size=30), st.integers(1, 400))
def test_nothing_is_lost(text: str, times: int) -> None:
    whole = text * times
    assert "".join(fold(whole)) == whole
