"""Cells of exports: nothing in them runs, and what is written comes back as it was."""

from __future__ import annotations

import csv
import io
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.exporting.cells import csv_lines, guarded, unguarded

UTC = ZoneInfo("UTC")


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x.test")',
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|x",
        "@SUM(A1)",
        "\tx",
        "\rx",
        " =1+1",
        "＝1+1",
        "+",
    ],
)
def test_what_a_spreadsheet_would_run_is_marked(text: str) -> None:
    assert guarded(text) == "'" + text
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    "text", ["+85512345678", "+855 12 345 678", "-5", "-12.50", "(023) 4-5", "Anna", "", "00123"]
)
def test_numbers_and_phones_stay_usable(text: str) -> None:
    assert guarded(text) == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_a_sheet_comes_back_as_it_was(texts: list[str]) -> None:
    texts = [text.replace("\r", "").replace("\0", "") for text in texts]
    written = csv_lines([["x", *texts]], separator=",", zone=UTC).decode()
    [row] = csv.reader(io.StringIO(written, newline=""))
    assert [unguarded(cell) if guarded(cell.removeprefix("'")) == cell else cell for cell in row[1:]] == texts
