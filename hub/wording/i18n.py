"""The language and time zone in which one request is answered."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, negotiate_locale

from hub.wording.catalogs import LANGUAGES, load
from values.sentences import Sentence, filled

__all__ = [
    "LANGUAGES",
    "N_",
    "LocaleContext",
    "_",
    "accepted",
    "gettext",
    "locale_context",
    "ngettext",
    "preferred",
    "said",
    "use_locale",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocaleContext:
    """How to speak with one reader."""

    language: str
    locale: Locale
    zone: ZoneInfo
    catalog: NullTranslations


@lru_cache(maxsize=512)
def locale_context(language: str, timezone: str = "UTC") -> LocaleContext:
    """The speech of a language and zone; what is unknown falls back to English and UTC."""
    language = language if language in LANGUAGES else "en"
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    return LocaleContext(language=language, locale=Locale.parse(language), zone=zone, catalog=load(language))


_current: ContextVar[LocaleContext | None] = ContextVar("speech", default=None)


def current() -> LocaleContext:
    """The speech in force."""
    return _current.get() or locale_context("en")


@contextmanager
def use_locale(chosen: LocaleContext) -> Generator[LocaleContext]:
    """Everything rendered inside is in this language."""
    token = _current.set(chosen)
    try:
        yield chosen
    finally:
        _current.reset(token)


def gettext(message: str) -> str:
    """The text in the language in force. A sentence is said with its values; those that are sentences are said too."""
    known = current().catalog.gettext
    if isinstance(message, Sentence):
        return filled(known(message.id), message.values, gettext)
    return known(message) if message else ""


def said(text: str | None) -> str:
    """A sentence of the hub in the reader's language; what a person typed into the same place stays as it is."""
    return gettext(text) if isinstance(text, Sentence) else text or ""


def ngettext(one: str, many: str, n: int) -> str:
    return current().catalog.ngettext(one, many, n)


def pgettext(context: str, message: str) -> str:
    return current().catalog.pgettext(context, message)


def npgettext(context: str, one: str, many: str, n: int) -> str:
    return current().catalog.npgettext(context, one, many, n)


_ = gettext


def N_(message: str) -> str:
    """Marks a text for translation where it is written; it is translated where it is shown."""
    return message


def preferred(accept_language: str, default: str) -> str:
    """The best of an Accept-Language header's languages that the product speaks."""
    return negotiate_locale(accepted(accept_language), LANGUAGES, sep="-") or default


def accepted(accept_language: str) -> list[str]:
    """The languages of an Accept-Language header in small letters, the best first."""
    found: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _semicolon, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if weight > 0:
            found.append((weight, tag.strip().lower()))
    return [tag for _weight, tag in sorted(found, key=lambda one: one[0], reverse=True)]
