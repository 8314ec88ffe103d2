"""How times, sizes, money, names and texts are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from crm_core import money
from hub.web import formats
from hub.wording.i18n import LANGUAGES, locale_context, preferred, use_locale

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "now", lambda: NOON)


@pytest.mark.parametrize(
    ("language", "zone", "ago", "shown"),
    [
        ("en", "UTC", timedelta(hours=2), "10:00\u202fAM"),
        ("ru", "UTC", timedelta(hours=2), "10:00"),
        ("en", "Asia/Phnom_Penh", timedelta(hours=2), "5:00\u202fPM"),
        ("en", "UTC", timedelta(days=2), "Tue"),
        ("ru", "UTC", timedelta(days=2), "вт"),
        ("en", "UTC", timedelta(days=20), "Feb 20"),
        ("ru", "UTC", timedelta(days=20), "20 февр."),
        ("en", "UTC", timedelta(days=400), "Feb 5, 2025"),
        ("en", "UTC", timedelta(days=-1), "Mar 13"),
    ],
)
def test_times_in_lists(language: str, zone: str, ago: timedelta, shown: str) -> None:
    with use_locale(locale_context(language, zone)):
        assert formats.when(NOON - ago) == shown


@pytest.mark.parametrize(
    ("seconds", "shown", "late"),
    [
        (5, "now", ""),
        (14 * 60, "14m", ""),
        (15 * 60, "15m", "late"),
        (3600, "1h", "very-late"),
        (3 * 86400, "3d", "very-late"),
        (-5, "now", ""),
    ],
)
def test_how_long_somebody_waits(seconds: int, shown: str, late: str) -> None:
    at = NOON - timedelta(seconds=seconds)
    assert formats.since(at) == shown
    assert formats.lateness(at) == late


@pytest.mark.parametrize(
    ("language", "minor", "currency", "shown"),
    [
        ("en", 84500, "USD", "$845"),
        ("en", 84550, "USD", "$845.50"),
        ("en", 1200000, "KHR", "KHR\u00a012,000"),
        ("ru", 84500, "USD", "845\u00a0$"),
        ("ru", 123456789, "EUR", "1\u00a0234\u00a0567,89\u00a0€"),
        ("en", 5000, "JPY", "¥5,000"),
    ],
)
def test_money(language: str, minor: int, currency: str, shown: str) -> None:
    with use_locale(locale_context(language)):
        assert formats.money(minor, currency) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (1_540_000, "1.5 MB"), (34_000_000, "34 MB")],
)
def test_sizes(count: int, shown: str) -> None:
    assert formats.size(count) == shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Mony Vann", "MV"),
        ("Maximilian von Hohenstein", "MH"),
        ("Ирина", "И"),
        ("សុខ វិចិត្រ", "សវ"),
        ("+855 12 345 678", "#"),
        ("", "?"),
        ("😀", "?"),
        ("ßander", "S"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert formats.initials(name) == letters


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a\n b  c", "a\n b  c"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("(https://a.example/x).", "(https://a.example/x)."),
        ('https://a.example/"onclick="x', None),
    ],
)
def test_texts_become_harmless_html(text: str, html: str | None) -> None:
    made = str(formats.paragraphs(text))
    if html is not None:
        assert made == html
    assert '"onclick' not in made


def test_a_web_address_becomes_a_link_without_the_full_stop() -> None:
    made = str(formats.paragraphs("See https://a.example/x?a=1&b=2. Bye"))
    assert 'href="https://a.example/x?a=1&amp;b=2"' in made
    assert made.endswith("</a>. Bye")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ru-RU,en;q=0.8", "ru"),
        ("de, km;q=0.5", "km"),
        ("de", "en"),
        ("", "en"),
        ("en;q=x, ru", "ru"),
        ("*;q=0", "en"),
        ("en;q=0, km; q=0.1", "km"),
        ("en;q=0.2, RU-ru;q=0.9", "ru"),
        ("x, " * 50, "en"),
    ],
)
def test_the_language_of_a_browser(header: str, language: str) -> None:
    assert preferred(header, "en") == language


AMOUNTS = (1, 10, 99, 100, 101, 999, 1000, 1234, 100_000, 123_456, 1_000_000, 1_250_050, 10**15 - 1, 10**15)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("write", [formats.money, formats.amount_input])
def test_money_there_and_back(language: str, write: Callable[[int, str], str]) -> None:
    """What a head or a field shows is read as the same amount, in every currency that a deal can have."""
    with use_locale(locale_context(language)):
        for currency in sorted(money.CURRENCIES):
            for minor in AMOUNTS:
                assert money.parse(write(minor, currency), currency) == minor, (currency, minor)


def test_field_and_head_show_one_amount() -> None:
    with use_locale(locale_context("en")):
        assert formats.money(1_250_050, "USD") == "$12,500.50"
        assert formats.amount_input(1_250_050, "USD") == "12,500.50"
        assert formats.money(100_000, "LAK") == "LAK\xa01,000"
        assert formats.amount_input(0, "USD") == ""
