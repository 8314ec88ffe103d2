"""What people without a name are called on pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.web import formats, naming
from hub.wording.i18n import locale_context, use_locale

AT = datetime(2025, 3, 4, 10, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("visitor", "a-TqJESz-or5IPpTUd", "Visitor · Mar 4, 2025"),
        ("visitor", "entry-0123456789abcdef01234567", "Visitor · Mar 4, 2025"),
        ("telegram", "700001", "Telegram"),
        ("whatsapp", "BSUID.81f2", "WhatsApp"),
        ("facebook_page", "99887766", "Facebook Page"),
        ("anonymous", "withheld:4711", "Withheld number"),
        ("phone", "+85512345678", "+855 12 345 678"),
        ("email", "ann@x.example", "ann@x.example"),
    ],
)
def test_called_by(kind: str, value: str, shown: str) -> None:
    assert naming.called_by(kind, value, AT) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a-TqJESz-or5IPpTUd", "Website visitor"),
        ("u-3-42", "Website visitor"),
        ("entry-0123456789abcdef01234567", "Website visitor"),
        ("Anna", "Anna"),
        ("+79161234503", "+7 916 123-45-03"),
        ("call +79161234503", "call +79161234503"),
        ("a-b", "a-b"),
        ("ann@x.example", "ann@x.example"),
        ("", ""),
    ],
)
def test_a_browser_and_a_bare_number_are_no_names(name: str, shown: str) -> None:
    assert naming.readable(name) == shown


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Request of Claire, Nov 29"),
        ("ru", "Запрос: Claire, 29 нояб."),
        ("km", "សំណើរបស់ Claire, 29 វិច្ឆិកា"),
    ],
)
def test_a_request_of_a_day_is_named_in_the_readers_language(
    language: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "now", lambda: datetime(2026, 12, 1, tzinfo=UTC))
    with use_locale(locale_context(language)):
        assert naming.readable("Request of Claire, 2026-11-29") == said
        assert "855 12 345 678" in naming.readable("Request of +85512345678, 2026-11-29")
        assert naming.readable("Two bikes, 2026-11-29") == "Two bikes, 2026-11-29"
