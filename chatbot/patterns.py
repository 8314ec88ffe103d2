"""Patterns of rules, matched in linear time: RE2 cannot be made to hang by any pattern with any message.

The library's own `re` backtracks: one careless `(a+)+` would stop every conversation of the process. RE2 has no look-around
and no back-references; its `\\w` and `\\b` know ASCII letters only, so they are refused beside other scripts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import re2

MAX_PATTERN = 500
MEMORY = 1 << 20
ASCII_ONLY = re.compile(r"(?<!\\)(?:\\\\)*\\[wWbB]")


class BadPattern(ValueError):
    """A pattern that is not taken; says why and what to write."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A compiled pattern and how it was written."""

    written: str
    compiled: Any

    def occurs_in(self, plain: str) -> bool:
        return self.compiled.search(plain) is not None


def compile_pattern(written: str) -> Pattern:
    """Compile; raises BadPattern. Matching ignores case and runs over the normalised message."""
    if len(written) > MAX_PATTERN:
        raise BadPattern(
            f"the pattern is longer than {MAX_PATTERN} characters", "split it into several patterns"
        )
    if not written.isascii() and ASCII_ONLY.search(written):
        raise BadPattern(
            "\\w and \\b know Latin letters only",
            "write \\pL for a letter and (?:^|\\PL) for the border of a word",
        )
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        compiled = re2.compile(written, options)
    except (re2.error, UnicodeError) as error:
        raise BadPattern(
            f"the pattern cannot be read: {_sentence(error)}", "see the README for what patterns may hold"
        ) from None
    if compiled.search("") is not None:
        raise BadPattern("the pattern matches every message", "name at least one character that must occur")
    return Pattern(written=written, compiled=compiled)


def _sentence(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
