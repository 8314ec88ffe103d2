"""How addresses and names are written for matching; what was typed is kept beside it. Pure."""

from __future__ import annotations

import re
import unicodedata

import idna

from crm_core.freemail import DOMAINS as FREE_MAIL
from values import phones as numbers
from values.mailboxes import unquoted
from values.texts import one_line

NAME_LENGTH = 200
VALUE_LENGTH = 320
PROVIDERS_NUMBER = re.compile(r"\+[1-9]\d{2,17}")
PHONE_LIKE = re.compile(
    r"[+\d\s().\-/]*\d[+\d\s().\-/]*(?:(?:x|ext\.?|доб\.?|#|;ext=|,)\s*\d+)?", re.IGNORECASE
)
PLAIN_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,4}")
EMAIL_LIKE = re.compile(r"[^@\s]+@[^@\s]+")
_HIDDEN_RANGES = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x061C, 0x061C),
    (0x180E, 0x180E),
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xE0000, 0xE007F),
)

HIDDEN = frozenset(code for first, last in _HIDDEN_RANGES for code in range(first, last + 1))
"""Control characters, direction overrides, invisible marks, lone surrogates. Joiners and the zero-width space stay: emoji,
Persian and Khmer need them."""
_NO_HIDDEN = {code: " " if code in (0x09, 0x0A, 0x0D, 0x2028, 0x2029) else None for code in HIDDEN}


def handle(kind: str, value: str, *, region: str = "") -> tuple[str, bool]:
    """The value for matching, and whether it is well formed; what is not can be kept but proves nothing."""
    if kind == "email":
        key = email(value)
        return (key, True) if key else (text(value).lower()[:VALUE_LENGTH], False)
    if kind == "phone":
        return phone(value, region=region)
    kept = text(value)[:VALUE_LENGTH]
    return kept, bool(kept)


def stored(kind: str, value: str) -> str:
    """The value of a handle that a provider or the database names: a number stays the provider's own, whatever its form."""
    if kind == "phone" and PROVIDERS_NUMBER.fullmatch(value):
        return value
    return handle(kind, value)[0]


def same(kind: str, value: str) -> tuple[str, ...]:
    """Other values that are this very address: a line that was renumbered."""
    return numbers.same_line(value) if kind == "phone" else ()


def forms(kind: str, value: str) -> tuple[str, ...]:
    """The value, and others that are most likely this address, too: whoever has one of them may be the same person."""
    return (value, *numbers.perhaps_same_line(value)) if kind == "phone" else (value,)


def email(typed: str) -> str:
    """The match key of a mail address: small letters, the domain in its ASCII form; empty when it is none.

    Small letters, not full case folding: that would join different mailboxes ("straße" and "strasse").
    """
    if PLAIN_EMAIL.fullmatch(typed):
        return typed
    local, at, domain = unquoted(text(typed).removeprefix("mailto:").strip("<> ")).rpartition("@")
    if not at or not local or len(local) > 64 or any(part.isspace() for part in local + domain):
        return ""
    domain = _domain(domain.lower().rstrip("."))
    return f"{local.lower()}@{domain}" if domain and len(domain) <= 253 else ""


def phone(typed: str, *, region: str = "") -> tuple[str, bool]:
    """E.164 without extension and True; or the typed digits and False when it is no number anybody could have.

    `region` (ISO 3166, two letters) is where a number without a country code is from.
    """
    found = numbers.e164(typed, region)
    return (found, True) if found else (_digits(text(typed)), False)


def phones(typed: str, *, region: str = "") -> tuple[str, ...]:
    """The numbers of a field that holds several; else what was typed."""
    found = numbers.several(typed, region)
    return found if len(found) > 1 else (typed,)


def name(typed: str) -> str:
    """A display name without control characters and direction tricks, on one line, of a sane length."""
    return one_line(text(typed[: NAME_LENGTH * 4]), NAME_LENGTH).strip()


def is_handle_like(shown: str) -> bool:
    """Whether a name is nothing but an address or a number, so that a real name may replace it."""
    shown = shown.strip()
    return not shown or bool(EMAIL_LIKE.fullmatch(shown) or PHONE_LIKE.fullmatch(shown))


def company_domain(address: str) -> str:
    """The domain of a mail address where it may stand for a company; empty for free mail."""
    domain = address.rpartition("@")[2]
    return "" if not domain or domain in FREE_MAIL else domain


def text(typed: str) -> str:
    """Text without hidden characters, in composed form."""
    if typed.isascii() and typed.isprintable():
        return typed.strip()
    return unicodedata.normalize("NFC", typed.translate(_NO_HIDDEN)).strip()


def _domain(domain: str) -> str:
    if domain.isascii():
        return domain if domain and not domain.startswith(".") and ".." not in domain else ""
    try:
        return idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return ""


def _digits(typed: str) -> str:
    """The digits of what was typed; the text itself when there are none ("anonymous")."""
    digits = "".join(char for char in numbers.cleaned(typed) if char.isdigit() or char == "+")
    return (digits if any(char.isdigit() for char in digits) else typed.lower())[:VALUE_LENGTH]
