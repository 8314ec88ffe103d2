"""Texts as they are kept and compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.sentences import phrase
from values.texts import folded, is_storable, one_line, readable, storable, storable_tree

ANY = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "kept"),
    [("a\0b", "ab"), ("ក\0", "ក"), ("a\ud800", "a?"), ("😀\n\t", "😀\n\t"), ("", "")],
)
def test_what_no_database_can_hold_is_gone(text: str, kept: str) -> None:
    assert storable(text) == kept
    assert is_storable(text) is (text == kept)


@given(ANY)
def test_any_text_becomes_one_that_can_be_kept(text: str) -> None:
    assert "\0" not in storable(text)
    assert storable(text).encode().decode() == storable(text)
    assert is_storable(storable(text))


def test_a_tree_is_cleaned_to_its_leaves_but_sentences_stay() -> None:
    sentence = phrase("There is no channel “{key}”.", key="shop")
    assert storable_tree({"a\0": ["b\ud800", (1, None)], "s": sentence}) == {
        "a": ["b?", [1, None]],
        "s": sentence,
    }
    assert storable_tree([sentence])[0] is sentence


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\r\nb\rc", "a\nb\nc"), ("\ufeffa\x07\x7f\tb", "a\tb"), ("a\udfffb", "ab")],
)
def test_readable_text(text: str, shown: str) -> None:
    assert readable(text) == shown


def test_one_line_and_what_people_type_twice() -> None:
    assert one_line(" a \n\t b  ") == "a b"
    assert one_line("a   bcd", 3) == "a b"
    assert folded("  Too\u00a0EXPENSIVE ") == folded("too expensive")
