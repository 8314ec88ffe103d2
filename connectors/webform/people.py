"""E-mail addresses and phone numbers as people type them, made fit for matching; empty when they are none."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from email_validator import EmailNotValidError, validate_email

from values.mailboxes import unquoted
from values.phones import cleaned, several

MAX_EMAIL: Final = 320
MAX_PHONE: Final = 200
BRACKETED: Final = re.compile(r"<([^<>]{3,320})>")
IN_TEXT: Final = re.compile(r"[^\s<>()\[\],;:\"|]{1,64}@[^\s<>()\[\],;:\"|@]{3,255}")
AROUND_AT: Final = re.compile(r"\s{0,5}@\s{0,5}")
DOTTED: Final = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}", re.IGNORECASE)
ONLY_NUMBER: Final = re.compile(r"[+\d\s()\[\].\-/]{7,40}")
SIGNS_OF_A_NUMBER: Final = ("+", "0", "(")


@lru_cache(maxsize=1024)
def email_of(typed: str) -> str:
    """The address in small letters, or an empty text. Whether it exists is not asked."""
    if len(typed) > MAX_EMAIL * 2 or ("@" not in typed and "＠" not in typed):
        return ""
    text = "".join(
        char
        for char in unicodedata.normalize("NFKC", typed)
        if unicodedata.category(char) not in ("Cf", "Cc")
    )
    text = re.sub(r"\A\s*mailto:", "", text, flags=re.IGNORECASE).strip()
    for candidate in _candidates(AROUND_AT.sub("@", text)):
        if address := _valid(candidate.strip(" ,;:'\"<>").rstrip(".").removeprefix("mailto:")):
            return address
    return ""


LOST_PLUSES = re.compile(r"[\w.+-]{1,64}(?: [\w.-]{1,30}){1,3}")
"""A local part whose pluses a form has read as spaces: an address may be tagged twice."""
LEADING_WORDS = """
    a address adresse am an at auf bitte by contact correo courriel e-mail email for here ich is it mail mailto me
    mein meine mi my on or our please reply send the to under use via von write адрес мой моя на почта пишите по
    это электронная
"""
LEADING = frozenset(LEADING_WORDS.split())


def phone_of(typed: str, *, region: str) -> str:
    """The first number in E.164, or an empty text. A local number needs the region."""
    return next(iter(phones_of(typed, region=region)), "")


def phones_of(typed: str, *, region: str) -> tuple[str, ...]:
    """All numbers of a field in E.164: some people give two."""
    typed = typed.strip()
    return several(typed, region) if typed and len(typed) <= MAX_PHONE else ()


def is_phone(value: str, *, region: str = "") -> bool:
    """Whether a value without a label is nothing but a telephone number."""
    text = cleaned(value.strip()[:60])
    is_written_so = bool(ONLY_NUMBER.fullmatch(text)) and text.startswith(SIGNS_OF_A_NUMBER)
    return is_written_so and len(several(text, region)) == 1


def _candidates(text: str) -> list[str]:
    """The whole, what stands in angle brackets, the whole with its lost plus, the first address among words."""
    text = unquoted(text.strip())
    bracketed = BRACKETED.search(text)
    local, _, domain = text.rpartition("@")
    found = IN_TEXT.search(text)
    ways = [
        unquoted(bracketed[1]) if bracketed else "",
        text,
        f"{local.replace(' ', '+')}@{domain}" if LOST_PLUSES.fullmatch(local) and not _is_said(local) else "",
        found[0] if found else "",
    ]
    return [way for way in ways if way]


def _is_said(local: str) -> bool:
    """Whether what stands before the @ is a sentence: several words, one of them a word that leads to an address."""
    words = local.casefold().split(" ")
    return len(words) > 2 and any(word in LEADING for word in words[:-1])


def _valid(address: str) -> str:
    if len(address) > MAX_EMAIL:
        return ""
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return _with_dots(address)


def _with_dots(address: str) -> str:
    """Old addresses of Japanese carriers begin, double and end with dots: valid where only the dots are at fault."""
    local, _, domain = address.rpartition("@")
    plain = ".".join(part for part in local.split(".") if part)
    if plain == local or not plain or not DOTTED.fullmatch(local):
        return ""
    try:
        checked = validate_email(f"{plain}@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return ""
    return f"{local}@{checked.domain}".lower()
