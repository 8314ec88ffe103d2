"""Cursors that somebody else made are refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.errors import Invalid
from values.paging import capped, decode, encode


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
