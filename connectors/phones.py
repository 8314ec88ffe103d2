"""Phone numbers as providers write them, in E.164."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from connectors.contract import Handle, Trust

LONGEST = 64
MOST = 5
BETWEEN = re.compile(r"[/;,|\n]|\s(?:or|and|или|и|ឬ|និង)\s", re.IGNORECASE)
"""What people write between two numbers."""
ANONYMOUS = frozenset(
    {
        "", "anonymous", "unknown", "private", "restricted", "unavailable", "withheld", "blocked", "null", "none",
        "+266696687", "266696687", "+7378742833", "+2562533", "+8656696", "+86282452253",
    }
)  # fmt: skip
"""How a withheld number is written; the digits are what providers make of the letters (ANONYMOUS, RESTRICTED, ...)."""


TEXTABLE = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})


@lru_cache(maxsize=20_000)
def e164(raw: str, region: str = "") -> str:
    """E.164, or empty for what is no number in any notation; `region` is for local notation."""
    text = _plain(raw)
    if not any(char.isdigit() for char in text):
        return ""
    if text.startswith("00"):
        text = "+" + text[2:]
    digits = "".join(char for char in text if char.isdigit())
    candidates = [(text, region.upper() or None)]
    if not text.startswith("+") and 11 <= len(digits) <= 15:
        candidates.append(("+" + digits, None))
    for candidate, where in candidates:
        try:
            parsed = phonenumbers.parse(candidate, where)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed):
            parsed.extension = None
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return ""


@lru_cache(maxsize=20_000)
def several(typed: str, region: str = "") -> tuple[str, ...]:
    """The numbers that stand in one field ("012 345 678 / 098 765 432"), in E.164; most often one, or none."""
    whole = e164(typed, region)
    found = [whole] if whole else [e164(part, region) for part in BETWEEN.split(typed[: LONGEST * 4])]
    return tuple(dict.fromkeys(number for number in found if number))[:MOST]


def _plain(raw: str) -> str:
    """Without what SIP and telephone links put around a number."""
    text = raw.strip()[: LONGEST * 4]
    if "<" in text and ">" in text:
        text = text[text.index("<") + 1 :].partition(">")[0]
    for scheme in ("sips:", "sip:", "tel:", "whatsapp:"):
        if text.lower().startswith(scheme):
            text = text[len(scheme) :].partition("@")[0].partition(";")[0]
    return text.strip()


@lru_cache(maxsize=20_000)
def can_text(number: str) -> bool:
    """Whether a short message can reach this E.164 number: a mobile, or where the country does not tell them apart."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in TEXTABLE


def number_of(raw: str, *, channel_region: str = "") -> str:
    """A number of our own: E.164, or as it came where it is none (an extension, a queue)."""
    return e164(raw, channel_region) or _plain(raw)[:LONGEST]


def phone_handle(
    raw: str, *, region: str, trust: Trust = Trust.PROVEN, evidence: str = "caller_id"
) -> Handle:
    """A phone handle. A number nobody can call back (withheld, internal) proves nothing and stays as it came."""
    number = "" if _plain(raw).lower() in ANONYMOUS else e164(raw, region)
    if number:
        return Handle(kind="phone", value=number, trust=trust, evidence=evidence, raw=raw[:LONGEST])
    if _plain(raw).lower() in ANONYMOUS:
        return Handle(
            kind="anonymous", value="anonymous", trust=Trust.CLAIMED, evidence="withheld", raw=raw[:LONGEST]
        )
    return Handle(
        kind="extension",
        value=_plain(raw)[:LONGEST],
        trust=Trust.CLAIMED,
        evidence=evidence,
        raw=raw[:LONGEST],
    )
