"""Times as a manifest writes them down: `DD.MM.YYYY hh:mm:ss` or strptime's own words, and where their clock stands. Pure."""

from __future__ import annotations

import re
from typing import Final

WORDS: Final = re.compile(r"YYYY|YY|MMM|MM|DD|HH|hh|mm|ss|SSS|ZZ|Z|A|a|D|M|H|h")
CODES: Final = {
    "YYYY": "%Y", "YY": "%y", "MMM": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d", "HH": "%H", "H": "%H",
    "mm": "%M", "ss": "%S", "SSS": "%f", "ZZ": "%z", "Z": "%z", "A": "%p", "a": "%p",
}  # fmt: skip
QUOTED: Final = re.compile(r"\[([^\]]*)\]|T")
"""What stands as it is: `[...]`, and the T of ISO 8601."""


def is_written(format_: str) -> bool:
    """Whether a format is a pattern, not one of our names."""
    return "%" in format_ or bool(re.search(r"YY|DD|hh|HH", format_))


def strange(format_: str) -> str:
    """Letters of a pattern in our words that mean nothing and are not in brackets."""
    if "%" in format_:
        return ""
    rest = "".join(WORDS.sub("", piece) for piece in QUOTED.split(format_)[::2])
    return "".join(char for char in rest if char.isalpha())


def pattern_of(format_: str) -> str:
    """The pattern of strptime that the words mean; one of strptime's stays as it is.

    `hh` is the hour of the day, and of the half day where A or a is there.
    """
    if "%" in format_:
        return format_
    pieces = QUOTED.split(format_)
    is_half = any(word in ("A", "a") for piece in pieces[::2] for word in WORDS.findall(piece))
    hour = "%I" if is_half else "%H"
    codes = {**CODES, "hh": hour, "h": hour}
    marks = [found.group(1) if found.group(1) is not None else "T" for found in QUOTED.finditer(format_)]
    made = [WORDS.sub(lambda found: codes[found.group()], piece) for piece in QUOTED.split(format_)[::2]]
    return "".join(part for pair in zip(made, [*marks, ""], strict=False) for part in pair)
