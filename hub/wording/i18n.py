"""The language and time zone in which one request is answered."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale

from hub.wording.catalogs import LANGUAGES, load
from values.sentences import Sentence, filled

__all__ = [
    "LANGUAGES",
    "N_",
    "LocaleContext",
    "_",
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
    """The first language of an Accept-Language header that the product speaks."""
    ranked: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _sep, quality = part.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), tag.strip().lower().split("-")[0]))
        except ValueError:
            continue
    return next((tag for _weight, tag in sorted(ranked, key=lambda r: r[0]) if tag in LANGUAGES), default)
