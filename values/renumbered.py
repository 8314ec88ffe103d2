"""Lines that are written in an old and a new way: countries that changed their numbers, and what became of each. Pure.

WhatsApp and old address books keep the old form; networks connect only the new one.
"""

from __future__ import annotations

import re
from typing import Final

BRAZIL_OLD: Final = re.compile(r"\+55([1-9][1-9])([6-9]\d{7})")
BRAZIL_NEW: Final = re.compile(r"\+55([1-9][1-9])9([6-9]\d{7})")
MEXICO_OLD: Final = re.compile(r"\+52(?:1|01|04[45])([1-9]\d{9})")
MEXICO_NEW: Final = re.compile(r"\+52([1-9]\d{9})")
ARGENTINA_MOBILE: Final = re.compile(r"\+549([1-9]\d{9})")
ARGENTINA_PLAIN: Final = re.compile(r"\+54([1-8]\d{9})")
IVORY_COAST_OLD: Final = re.compile(r"\+225(\d)(\d)(\d)(\d{5})")
IVORY_COAST_NEW: Final = re.compile(r"\+225(?:0[157]|2[157])(\d{8})")
BENIN_OLD: Final = re.compile(r"\+229([24-9]\d{7})")
BENIN_NEW: Final = re.compile(r"\+22901([24-9]\d{7})")
VIETNAM_OLD: Final = re.compile(r"\+84(1\d\d)(\d{7})")
VIETNAM_NEW: Final = re.compile(r"\+84(\d\d)(\d{7})")
VIETNAM: Final = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78", "123": "83", "124": "84", "125": "85",
    "127": "81", "129": "82", "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37",
    "168": "38", "169": "39", "186": "56", "188": "58", "199": "59",
}  # fmt: skip
"""Mobile prefixes of 2018, old to new."""
VIETNAM_BACK: Final = {new: old for old, new in VIETNAM.items()}


def modern(number: str) -> str:
    """An E.164 number as it is dialled today; itself where nothing was changed.

    Brazil's ninth digit (2016), Mexico's 1 (2019), Ivory Coast's ten digits (2021), Benin's 01 (2024), Vietnam's mobiles (2018).
    """
    if found := BRAZIL_OLD.fullmatch(number):
        return f"+55{found[1]}9{found[2]}"
    if found := MEXICO_OLD.fullmatch(number):
        return f"+52{found[1]}"
    if found := IVORY_COAST_OLD.fullmatch(number):
        return f"+225{_ivory_coast(*found.groups())}{number[4:]}"
    if found := BENIN_OLD.fullmatch(number):
        return f"+22901{found[1]}"
    if (found := VIETNAM_OLD.fullmatch(number)) and found[1] in VIETNAM:
        return f"+84{VIETNAM[found[1]]}{found[2]}"
    return number


def same_line(number: str) -> tuple[str, ...]:
    """The other forms in which exactly this line is written."""
    now = modern(number)
    return tuple(form for form in (now, *_old(now)) if form != number)


def perhaps_same_line(number: str) -> tuple[str, ...]:
    """Forms that are most likely the same line: those of `same_line`, and Argentina's mobiles with and without the 9."""
    if found := ARGENTINA_MOBILE.fullmatch(number):
        return (f"+54{found[1]}",)
    if found := ARGENTINA_PLAIN.fullmatch(number):
        return (f"+549{found[1]}",)
    return same_line(number)


def _old(now: str) -> tuple[str, ...]:
    """How a number of today was written before."""
    if found := BRAZIL_NEW.fullmatch(now):
        return (f"+55{found[1]}{found[2]}",)
    if found := MEXICO_NEW.fullmatch(now):
        return (f"+521{found[1]}",)
    if found := IVORY_COAST_NEW.fullmatch(now):
        old = f"+225{found[1]}"
        return (old,) if modern(old) == now else ()
    if found := BENIN_NEW.fullmatch(now):
        return (f"+229{found[1]}",)
    if (found := VIETNAM_NEW.fullmatch(now)) and found[1] in VIETNAM_BACK:
        return (f"+84{VIETNAM_BACK[found[1]]}{found[2]}",)
    return ()


def _ivory_coast(first: str, second: str, third: str, _rest: str) -> str:
    """The two digits that went in front: by the operator of a mobile (second digit) or of a landline (third digit)."""
    if first in "23":
        return {"8": "21", "0": "25"}.get(third, "27")
    return "01" if second in "0123" else "05" if second in "456" else "07"
