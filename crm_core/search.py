"""What a typed query looks for, in any script and in any notation of a number. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from crm_core import normal
from values.texts import one_line

SHORT = 3
LONGEST = 100
NOT_DIGIT = re.compile(r"\D+")
NUMBER = re.compile(r"[\d\s()+.\-/]+")
SPECIAL = re.compile(r"([\\%_])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Patterns for LIKE on small letters: any of `texts` in a name or address, any of `numbers` in a phone.

    `exact` is the query itself, for what is to stand first.
    """

    exact: str
    texts: tuple[str, ...]
    numbers: tuple[str, ...] = ()


def parse(typed: str) -> Query | None:
    """None where nothing was typed. Fewer than three characters are looked for where words begin."""
    text = one_line(normal.text(typed[: LONGEST * 2]).lower(), LONGEST)
    if not text:
        return None
    escaped = SPECIAL.sub(r"\\\1", text)
    texts = (f"{escaped}%", f"% {escaped}%") if len(text) < SHORT else (f"%{escaped}%",)
    return Query(exact=text, texts=texts, numbers=_numbers(text))


def _numbers(text: str) -> tuple[str, ...]:
    latin = "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)
    digits = NOT_DIGIT.sub("", latin)
    if not NUMBER.fullmatch(latin) or len(digits) < SHORT:
        return ()
    found = {digits}
    if not latin.startswith("+"):
        found.add(digits.lstrip("0"))  # 00 and the national 0 are not part of a number's international form
        if len(digits) == 11 and digits.startswith("8"):
            found.add(digits[1:])
    for number in tuple(found):  # a line that was renumbered is kept in one form and known by the other
        found.update(form.removeprefix("+") for form in normal.same("phone", f"+{number}"))
    return tuple(f"%{number}%" for number in sorted(found) if len(number) >= SHORT)
