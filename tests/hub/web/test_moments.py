"""Days and times as people type them, and as their fields show them again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from hub.web import formats, moments
from hub.wording.i18n import LANGUAGES, locale_context, use_locale

ZONE = "Asia/Phnom_Penh"
NOW = datetime(2026, 3, 12, 12, 30, tzinfo=ZoneInfo(ZONE))
"""A Thursday."""


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "now", lambda: NOW.astimezone(UTC))


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "2026-04-05T10:15", (2026, 4, 5, 10, 15)),
        ("en", "2026-04-05", (2026, 4, 5, 0, 0)),
        ("en", "2026-04-05T10:15+00:00", (2026, 4, 5, 17, 15)),
        ("en", "Apr 5, 2026, 10:15 PM", (2026, 4, 5, 22, 15)),
        ("en", "5 april 10:15", (2026, 4, 5, 10, 15)),
        ("en", "4/5/2026 9:00", (2026, 4, 5, 9, 0)),
        ("en", "5.4.2026", (2026, 4, 5, 9, 0)),
        ("en", "31/12", (2026, 12, 31, 9, 0)),
        ("en", "3/11", (2027, 3, 11, 9, 0)),
        ("en", "tomorrow, 12 am", (2026, 3, 13, 0, 0)),
        ("en", "Friday 3pm", (2026, 3, 13, 15, 0)),
        ("en", "thursday", (2026, 3, 19, 9, 0)),
        ("en", "14:00", (2026, 3, 12, 14, 0)),
        ("en", "12:00", (2026, 3, 13, 12, 0)),
        ("ru", "05.04.2026, 10:15", (2026, 4, 5, 10, 15)),
        ("ru", "5 апреля", (2026, 4, 5, 9, 0)),
        ("ru", "Завтра 18:00", (2026, 3, 13, 18, 0)),
        ("ru", "пн", (2026, 3, 16, 9, 0)),
        ("ru", "5.4.26", (2026, 4, 5, 9, 0)),
        ("km", "៥/៤/២០២៦ ១០:១៥", (2026, 4, 5, 10, 15)),
        ("km", "Tomorrow 9:30", (2026, 3, 13, 9, 30)),
        *[("en", typed, None) for typed in ("", "later", "99/99", "25:00", "30.2.2026", "12:00 13:00", "5", "0/0/0")],
        *[("en", typed, None) for typed in ("0001-01-01", "9999-12-31T23:59", "9" * 60, "1.1.9500", "١" * 99)],
    ],
)  # fmt: skip
def test_read(language: str, typed: str, meant: tuple[int, int, int, int, int] | None) -> None:
    with use_locale(locale_context(language, ZONE)):
        assert moments.read_moment(typed) == (datetime(*meant, tzinfo=ZoneInfo(ZONE)) if meant else None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_field_shows_is_read_as_the_same(language: str) -> None:
    with use_locale(locale_context(language, ZONE)):
        for days in range(800):
            at = NOW + timedelta(days=days, minutes=37 * days)
            assert moments.read_moment(moments.moment_input(at)) == at, moments.moment_input(at)
            assert moments.read_day(moments.day_input(at.date())) == at.date()
            assert moments.read_clock(moments.clock_input(at.time())) == at.time()
        for kind in ("moment", "day"):
            for choice in moments.choices(kind):
                assert (moments.read_day if kind == "day" else moments.read_moment)(choice.value)


def test_choices_lie_ahead() -> None:
    with use_locale(locale_context("en", ZONE)):
        shown = [(choice.label, choice.value) for choice in moments.choices("moment")]
        assert shown == [
            ("Today, 6:00 PM", "Mar 12, 2026, 6:00 PM"),
            ("Tomorrow, 9:00 AM", "Mar 13, 2026, 9:00 AM"),
            ("Monday, 9:00 AM", "Mar 16, 2026, 9:00 AM"),
        ]
        assert moments.read_day("Tomorrow") == date(2026, 3, 13)
        assert moments.read_clock("9.15") is None
        assert moments.read_clock("9:15 pm") == time(21, 15)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_typed_breaks_it(language: str) -> None:
    """Figures, marks, words and signs in every order: read or refused, and never an error."""
    pieces = (
        "0",
        "31",
        "9999",
        "²",
        "១",
        "٣",
        ".",
        "/",
        "-",
        ":",
        ",",
        " ",
        "pm",
        "мая",
        "\0",
        "\ud800",
        "T00:00",
    )
    with use_locale(locale_context(language, ZONE)):
        for one, two in product(pieces, repeat=2):
            for typed in (one + two, f"{one}{two}9:30", f"1{one}2{two}2026 {one}"):
                found = moments.read_moment(typed)
                assert found is None or found.tzinfo is UTC
                assert (found is None) or moments.read_moment(moments.moment_input(found)) is not None
                moments.read_day(typed)
                moments.read_clock(typed)
