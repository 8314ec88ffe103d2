"""E-mail addresses and phone numbers as people type them, made fit for matching; empty when they are none."""

from __future__ import annotations

from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from connectors.phones import several

MAX_PHONE = 60


@lru_cache(maxsize=1024)
def email_of(typed: str) -> str:
    """The address in lower case, or an empty text. Whether it exists is not asked."""
    typed = typed.strip()
    if not typed or len(typed) > 320:
        return ""
    try:
        return validate_email(typed, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return ""


def phone_of(typed: str, *, region: str) -> str:
    """The first number in E.164, or an empty text. A local number needs the region."""
    return next(iter(phones_of(typed, region=region)), "")


def phones_of(typed: str, *, region: str) -> tuple[str, ...]:
    """All numbers of a field in E.164: some people give two."""
    typed = typed.strip()
    return several(typed, region) if typed and len(typed) <= MAX_PHONE else ()
