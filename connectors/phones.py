"""Phone numbers as providers write them, in E.164."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

from connectors.contract import Handle, Trust

ANONYMOUS = frozenset(
    {"", "anonymous", "unknown", "private", "restricted", "unavailable", "withheld", "+266696687"}
)


@lru_cache(maxsize=20_000)
def e164(raw: str, region: str = "") -> str:
    """E.164, or empty for what is no number in any notation; `region` is for local notation."""
    text = raw.strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        parsed = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        digits = "".join(char for char in text if char.isdigit())
        if text.startswith("+") or not 11 <= len(digits) <= 15:
            return ""
        try:
            parsed = phonenumbers.parse("+" + digits, None)
        except phonenumbers.NumberParseException:
            return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def phone_handle(
    raw: str, *, region: str, trust: Trust = Trust.PROVEN, evidence: str = "caller_id"
) -> Handle:
    """A phone handle. A number nobody can call back (withheld, internal) proves nothing and stays as it came."""
    number = e164(raw, region)
    if number:
        return Handle(kind="phone", value=number, trust=trust, evidence=evidence, raw=raw)
    if raw.strip().lower() in ANONYMOUS:
        return Handle(kind="anonymous", value="anonymous", trust=Trust.CLAIMED, evidence="withheld", raw=raw)
    return Handle(kind="extension", value=raw.strip()[:64], trust=Trust.CLAIMED, evidence=evidence, raw=raw)
