"""Telephone numbers as people, spreadsheets and providers write them, in E.164. Pure.

`region` (ISO 3166, two letters) is where a number without a country code is from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import phonenumbers

from values.phone_text import bare, cleaned, digits, runs
from values.renumbered import modern, perhaps_same_line, same_line

__all__ = [
    "bare", "can_text", "cleaned", "e164", "is_given_out", "modern", "perhaps_same_line", "same_line", "several", "shown",
    "vouched",
]  # fmt: skip

MOST: Final = 5
SHORTEST, SURE, LONGEST_DIGITS = 4, 6, 18
"""Fewer digits than `SURE` are a number only on small islands, and only where nothing else in the field is one."""
GUESSED, SIGNED, VALID = 1, 2, 3
"""How sure a reading is: of the right length; with a plus, an exit code or a trunk zero, too; a number that is given out."""
EXIT_CODES: Final = ("00", "011", "0011", "810", "001", "009", "000", "010", "119")
VOUCHED: Final = re.compile(r"\+?([1-9]\d{2,17})")
WRITTEN: Final = re.compile(r"\+\d[\d .()-]{1,30}(?:;ext=\d{1,7})?", re.ASCII)
SPELLED: Final = re.compile(r"[+\d\s().-]{1,12}[A-Z][A-Z\d-]{2,14}")
"""A number of a firm in letters: 1-800-FLOWERS."""
TEXTABLE: Final = frozenset(
    {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
)
LAST_NOTE: Final = re.compile(r"\s\(\d{1,2}\)?$")
RUSSIAN: Final = re.compile(r"8(9\d{9})")
"""A mobile of Russia or Kazakhstan as one dials it there, known by its shape wherever it is typed."""
KEYPAD: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
NOBODY: Final = frozenset(
    f"+{word.translate(KEYPAD)}"
    for word in ("ANONYMOUS", "RESTRICTED", "BLOCKED", "UNKNOWN", "UNAVAILABLE", "PRIVATE", "WITHHELD")
) | {"+86282452253"}
"""Words for a withheld number that providers turned into digits."""


@lru_cache(maxsize=20_000)
def e164(raw: str, region: str = "") -> str:
    """The one number of a text, or empty where there is none or more than one."""
    found = several(raw, region)
    return found[0] if len(found) == 1 else ""


@lru_cache(maxsize=20_000)
def several(typed: str, region: str = "") -> tuple[str, ...]:
    """The numbers that stand in one field ("012 345 678 / 098 765 432, call after 5pm"); most often one, or none."""
    found = [reading for run in runs(typed) for reading in _numbers_of(run, region)]
    is_written_out = any(strength > GUESSED for _, strength in found)
    numbers = [number for number, strength in found if strength > GUESSED or not is_written_out]
    return tuple(dict.fromkeys(numbers))[:MOST] or _spelled(cleaned(typed).strip(), region)


def vouched(raw: str) -> str:
    """The number of a sender whom the provider itself names (a WhatsApp id): digits with a country code, taken as they are.

    Its length is the provider's business: Mexico's ids still have the 1, Brazil's lack the ninth digit. Empty for no number.
    """
    found = VOUCHED.fullmatch("".join(char for char in cleaned(bare(raw)) if char not in " -().\n"))
    number = f"+{found[1]}" if found else e164(raw)
    return "" if number in NOBODY else number


@lru_cache(maxsize=20_000)
def can_text(number: str) -> bool:
    """Whether a short message can reach this E.164 number: a mobile, or where the country does not tell them apart."""
    try:
        parsed = phonenumbers.parse(modern(number))
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in TEXTABLE


def shown(number: str) -> str:
    """A number as people read it, +855 12 345 678; whatever is none, or holds more than one, stays as it is."""
    if not WRITTEN.fullmatch(number):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=20_000)
def is_given_out(number: str) -> bool:
    """Whether an E.164 number lies in a range that is in use."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=20_000)
def is_somebodys(number: str) -> bool:
    """Whether an E.164 number is a landline or a mobile in use, no service of a network."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(parsed) in {*TEXTABLE, phonenumbers.PhoneNumberType.FIXED_LINE}


def _numbers_of(run: str, region: str) -> list[tuple[str, int]]:
    """The numbers of a run: itself, or its parts where it is none or its parts are surer."""
    noted = _read(LAST_NOTE.sub("", run), region) if LAST_NOTE.search(run) else None
    whole = noted or _beside(r",", run, region) or _read(run, region)
    if whole and whole[1] == VALID:
        return [whole]
    for between in (r"[/,]", r"\s-\s|\s{2,}"):
        parts = [_read(part, region) for part in re.split(between, run) if digits(part)]
        sound = [part for part in parts if part]
        if len(sound) > 1 and len(sound) == len(parts) and (not whole or min(s for _, s in sound) > whole[1]):
            return sound
    if whole:
        return [whole]
    if beside := _beside(r"\s-\s", run, region):
        return [beside]
    return _longest_first(run, region)


def _beside(between: str, run: str, region: str) -> tuple[str, int] | None:
    """The one number, written out, that stands beside a digit or two: Flat 3, 07700 900123."""
    parts = [part.strip(" (") for part in re.split(between, run) if digits(part)]
    long = [part for part in parts if len(digits(part)) >= SHORTEST]
    if len(parts) < 2 or len(long) != 1 or not long[0].startswith(("+", "0")):
        return None
    reading = _read(long[0], region)
    return reading if reading and reading[1] > GUESSED else None


def _longest_first(run: str, region: str) -> list[tuple[str, int]]:
    """Two numbers with nothing but a space, a bracket or a stroke between them. All of it must be read: a part of a number
    is somebody else's number."""
    groups = [match.span() for match in re.finditer(r"\d+", run)][: MOST * 4]
    found: list[tuple[str, int]] = []
    at = 0
    while at < len(groups):
        start = 0 if at == 0 else groups[at][0]
        for end in range(len(groups), at, -1):
            reading = _read(run[start : groups[end - 1][1]], region)
            if reading and reading[1] > GUESSED:
                found.append(reading)
                at = end
                break
        else:
            return []
    return found


def _read(run: str, region: str) -> tuple[str, int] | None:
    """The surest reading of a run as one number; of two that are as sure, the first."""
    figures = digits(run)
    if not SHORTEST <= len(figures) <= LONGEST_DIGITS:
        return None
    best: tuple[str, int] | None = None
    for number, strength in _readings(run, figures, region.upper()):
        if strength and number not in NOBODY and (best is None or strength > best[1]):
            best = (number, strength)
            if strength == VALID:
                break
    return best


def _readings(run: str, figures: str, region: str) -> Iterator[tuple[str, int]]:
    """All that a run may mean, the likeliest first."""
    if "+" in run.partition(figures[0])[0]:
        yield from _abroad(figures, SIGNED)
        if "(0)" in run:
            yield from _abroad(digits(run.replace("(0)", "", 1)), SIGNED)
        if figures.startswith("00"):
            yield from _abroad(figures[2:], SIGNED)
        elif figures.startswith("0"):
            yield from _at_home(figures, region)
        return
    own = _exit_code(region)
    for code in (own, "00"):
        if code and figures.startswith(code):
            yield from _abroad(figures[len(code) :], SIGNED)
    at_home = list(_at_home(figures, region))
    yield from (reading for reading in at_home if reading[1] > GUESSED)
    for code in EXIT_CODES:
        if figures.startswith(code):
            yield from _abroad(figures[len(code) :], SIGNED)
    without_plus = list(_abroad(figures, GUESSED)) if _may_begin_with_a_country(run) else []
    yield from (reading for reading in without_plus if len(figures) >= 11 or reading[1] == VALID)
    yield from at_home
    if russian := RUSSIAN.fullmatch(figures):
        yield from _abroad(f"7{russian[1]}", SIGNED)


def _may_begin_with_a_country(run: str) -> bool:
    """Whether what stands before a bracket may be a country code: 8 (495) is none."""
    before = re.match(r"\s*(\d{1,3})\s*\(", run)
    return before is None or int(before[1]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE


@lru_cache(maxsize=300)
def _exit_code(region: str) -> str:
    """What is dialled before a country code in a region, where there is one way that all take."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region) if region else None
    code = (metadata and (metadata.preferred_international_prefix or metadata.international_prefix)) or ""
    return digits(code) if re.fullmatch(r"[\d~]{3,5}", code) else ""


def _at_home(figures: str, region: str) -> Iterator[tuple[str, int]]:
    """Read as somebody in the region dials or writes it: with its exit code, trunk prefix or country code, or without."""
    if not region:
        return
    prefix = phonenumbers.ndd_prefix_for_region(region, True)
    code = str(phonenumbers.country_code_for_region(region))
    has_prefix = bool(prefix) and figures.startswith(prefix)
    if prefix and not has_prefix and figures.startswith(code):
        yield from ((number, VALID) for number, _ in _parsed(f"+{figures}", "", 0) if is_somebodys(number))
    yield from _parsed(figures, region, SIGNED if has_prefix else GUESSED)


def _abroad(figures: str, strength: int) -> Iterator[tuple[str, int]]:
    """Read with its country code in front; also with a trunk zero behind it where the country knows none."""
    if figures.startswith("0"):
        return
    yield from _parsed(f"+{figures}", "", strength)
    for length in (1, 2, 3):
        code, rest = figures[:length], figures[length:]
        if rest.startswith("0") and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            yield from _parsed(f"+{code}{rest[1:]}", "", strength)


def _parsed(written: str, region: str, strength: int) -> Iterator[tuple[str, int]]:
    try:
        parsed = phonenumbers.parse(written, region or None, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return
    if parsed.country_code_source == phonenumbers.CountryCodeSource.FROM_NUMBER_WITH_IDD:
        strength = max(strength, SIGNED)
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_valid_number(parsed):
        yield number, VALID if len(written) >= SURE else GUESSED
    elif (now := modern(number)) != number:
        if strength > GUESSED or is_given_out(now):
            yield now, VALID if is_given_out(now) else strength
    elif phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE:
        yield number, strength if len(written) >= SURE else 0


def _spelled(text: str, region: str) -> tuple[str, ...]:
    if not SPELLED.fullmatch(text) or not region:
        return ()
    try:
        parsed = phonenumbers.parse(text, region.upper())
    except phonenumbers.NumberParseException:
        return ()
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return (number,) if phonenumbers.is_valid_number(parsed) else ()
