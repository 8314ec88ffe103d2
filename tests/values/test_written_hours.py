"""Days and hours as they are written: what is a time, what no clock shows, what is neither."""

from __future__ import annotations

import pytest

from values.written_hours import NoSuchTime, days_of, span_of


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", [0]),
        ("Mon-Fri", [0, 1, 2, 3, 4]),
        ("sat – tue", [5, 6, 0, 1]),
        ("mon-mon", [0]),
        ("moo", None),
        ("mon-", None),
        ("", None),
    ],
)
def test_days(text: str, days: list[int] | None) -> None:
    assert days_of(text) == days


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("08:00-17:30", (480, 1050)),
        ("8:00 – 24:00", (480, 1440)),
        ("22:00-02:00", (1320, 1560)),
        ("00:00-00:00", (0, 1440)),
        ("9-18", None),
        ("08:00", None),
        ("closed", None),
    ],
)
def test_spans(text: str, span: tuple[int, int] | None) -> None:
    assert span_of(text) == span


@pytest.mark.parametrize("text", ["25:00-26:00", "24:00-25:00", "09:75-18:00", "09:00-17:60"])
def test_a_time_that_no_clock_shows(text: str) -> None:
    with pytest.raises(NoSuchTime):
        span_of(text)
