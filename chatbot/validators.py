"""Whether an answer is what was asked for; gives it back in its normal form, or None."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from email_validator import EmailNotValidError, validate_email

from chatbot.words import INVISIBLE
from values.phones import is_given_out, several

MAX_ANSWER = 300
MAX_NAME = 80
MAX_SAVED = 500
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
DOMAIN = re.compile(r"\w\.\w")
WEB = re.compile(r"://|www\.|@", re.IGNORECASE)
NUMBERS = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,6})?")


def is_attempt(what: str, text: str) -> bool:
    """Whether somebody who was asked for a phone number or a mail address tried to give one, however badly."""
    answer = text[:MAX_ANSWER]
    if what == "phone":
        return any(char.isdigit() for char in answer)
    return what != "email" or "@" in answer or bool(DOMAIN.search(answer))


def phone(text: str, region: str) -> str | None:
    """A phone number in E.164, found in a short answer in digits of any script; local numbers by the region."""
    found = several(text.strip()[:MAX_ANSWER], region)
    return next((number for number in found if is_given_out(number)), None)


def email(text: str, region: str) -> str | None:
    """A mail address, found in a short answer."""
    del region
    for candidate in ADDRESS.findall(text[:MAX_ANSWER])[:5]:
        try:
            checked = validate_email(candidate.strip(".!?'`"), check_deliverability=False)
        except EmailNotValidError:
            continue
        return checked.normalized
    return None


def name(text: str, region: str) -> str | None:
    """A name: one short line with a letter in it, no question, no link, no number."""
    del region
    answer = _one_line(text)
    if not 1 <= len(answer) <= MAX_NAME or answer.endswith(("?", "?", "៖")) or WEB.search(answer):
        return None
    if any(char.isdigit() for char in answer) or not any(char.isalpha() for char in answer):
        return None
    return answer


def text(text: str, region: str) -> str | None:
    """Anything that was written."""
    del region
    return _clean(text)[:MAX_SAVED].strip() or None


def number(text: str, region: str) -> str | None:
    """The one number of a short answer, in digits of any script, written with a point."""
    del region
    found: list[str] = NUMBERS.findall(latin_digits(text.strip()[:MAX_ANSWER]))
    return found[0].replace(",", ".") if len(found) == 1 else None


def nothing(text: str, region: str) -> str | None:
    """A choice is made by its buttons, a file by being sent, a date is read beside the clock."""
    del text, region


VALIDATORS: dict[str, Callable[[str, str], str | None]] = {
    "phone": phone,
    "email": email,
    "name": name,
    "text": text,
    "number": number,
    "choice": nothing,
    "date": nothing,
    "file": nothing,
}


def latin_digits(answer: str) -> str:
    """Digits of any script as 0 to 9."""
    if answer.isascii():
        return answer
    answer = INVISIBLE.sub("", answer)
    return "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in answer)


def _one_line(answer: str) -> str:
    return " ".join(_clean(answer[:MAX_ANSWER]).split())


def _clean(answer: str) -> str:
    """Without control characters, invisible ones and lone surrogates."""
    kept = (
        char
        for char in INVISIBLE.sub("", answer)
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    )
    return "".join(kept)
