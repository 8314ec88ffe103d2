"""Words of a text in any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.search import query, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello, World! 42", ["hello", "world", "42"]),
        ("Ёлка и ЁЛКА", ["ёлка", "и"]),
        ("日本語", ["日本", "本語"]),
        ("", []),
        ("a\u200bb", ["ab"]),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_a_khmer_word_is_found_inside_a_sentence() -> None:
    sentence, word = "ខ្ញុំចង់ទិញទូរស័ព្ទថ្មី", "ទូរស័ព្ទ"
    assert set(words(word)) <= set(words(sentence))


@given(st.text(max_size=200))
def test_any_text_makes_a_query_that_has_no_syntax_of_its_own(text: str) -> None:
    for part in query(text).split(" & "):
        assert part == "" or (part.startswith("'") and part.endswith("':*") and "'" not in part[1:-3])
