"""What is typed into a search becomes patterns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core import search


@pytest.mark.parametrize(
    ("typed", "texts", "numbers"),
    [
        ("Anna", ("%anna%",), ()),
        ("  Anna   B ", ("%anna b%",), ()),
        ("An", ("an%", "% an%"), ()),
        ("100%_\\", ("%100\\%\\_\\\\%",), ()),
        ("012 345-678", ("%012 345-678%",), ("%012345678%", "%12345678%")),
        ("+855 12", ("%+855 12%",), ("%85512%",)),
        ("8 912 345 67 89", ("%8 912 345 67 89%",), ("%89123456789%", "%9123456789%")),
        ("០១២៣", ("%០១២៣%",), ("%0123%", "%123%")),
        ("12", ("12%", "% 12%"), ()),
    ],
)
def test_queries(typed: str, texts: tuple[str, ...], numbers: tuple[str, ...]) -> None:
    query = search.parse(typed)
    assert query is not None
    assert query.texts == texts
    assert set(query.numbers) == set(numbers)


@given(st.text())
def test_any_query_is_a_query_or_nothing(typed: str) -> None:
    query = search.parse(typed)
    assert query is None or all("\0" not in text for text in query.texts)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+52 1 55 1234 5678", "525512345678"),
        ("+52 55 1234 5678", "5215512345678"),
        ("00 55 11 8765 4321", "5511987654321"),
        ("5511987654321", "551187654321"),
        ("+84 120 123 4567", "84701234567"),
        ("+229 97 12 34 56", "2290197123456"),
    ],
)
def test_a_renumbered_line_is_found_by_either_form(typed: str, kept: str) -> None:
    query = search.parse(typed)
    assert query is not None
    assert f"%{kept}%" in query.numbers
    assert len(query.numbers) <= 5
