"""Cursors that somebody else made are refused; queries become patterns."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core import search
from crm_core.errors import Invalid
from crm_core.paging import capped, decode, encode


def test_a_cursor_comes_back_as_it_was() -> None:
    assert decode(encode(1, "ក", 2.5), int, str, float) == [1, "ក", 2.5]
    assert decode(encode(3.0, 7), float, int) == [3.0, 7]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "====",
        "bm8",
        encode("1"),
        encode(True),
        encode(1, 2),
        encode(2**63),
        encode(None),
        encode(1.5),
    ],
)
def test_a_strange_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        decode(cursor, int)


@given(st.text())
def test_no_cursor_is_a_crash(cursor: str) -> None:
    with contextlib.suppress(Invalid):
        decode(cursor, str)


def test_a_page_has_a_sensible_size() -> None:
    assert [capped(limit) for limit in (-1, 0, 50, 10**9)] == [1, 1, 50, 200]


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
