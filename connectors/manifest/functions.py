"""What expressions can do beyond JMESPath's own functions: each is linear in its input, so that no payload is a bomb."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any

import orjson
import re2
from jmespath import functions

LONGEST = 200_000
LONGEST_PATTERN = 500
DIGITS = re.compile(r"\D+")
BREAKS = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]{0,200}>", re.IGNORECASE)
TAGS = re.compile(r"<[^<>]{1,2000}>")

TEXT: Any = {"types": ["string"]}
ANY: Any = {"types": []}
OBJECT: Any = {"types": ["object"]}
NAMES: Any = {"types": ["array-string"]}
LIST: Any = {"types": ["array"]}


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    """RE2 takes linear time whatever the pattern and the text."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern[:LONGEST_PATTERN], options)


def pattern_fault(pattern: str) -> str:
    """Why this is no pattern; empty for one."""
    try:
        _compiled(pattern)
    except (re2.error, UnicodeError) as error:
        said = error.args[0] if error.args else ""
        return (
            said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said) or type(error).__name__
        )
    return ""


class Functions(functions.Functions):
    """Called by name in expressions; what does not fit gives nothing."""

    @functions.signature(TEXT)
    def _func_parse_json(self, text: str) -> Any:
        """JSON that stands in a field of a form."""
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            return None
        return found if isinstance(found, dict | list) else None

    @functions.signature(TEXT, TEXT, TEXT)
    def _func_replace(self, text: str, old: str, new: str) -> str:
        """Every `old` as `new`."""
        return text[:LONGEST].replace(old, new)[:LONGEST] if old else text

    @functions.signature(TEXT, TEXT)
    def _func_match(self, text: str, pattern: str) -> str | None:
        """What the pattern finds first: its first group, or all of it where it has none; nothing where it does not fit."""
        found = _compiled(pattern).search(text[:LONGEST])
        return found[1 if found.re.groups else 0] if found else None

    @functions.signature(TEXT)
    def _func_unescape(self, text: str) -> str:
        """`&lt;` and its like as the characters that they stand for."""
        return html.unescape(text[:LONGEST])

    @functions.signature(TEXT)
    def _func_plain(self, text: str) -> str:
        """The words of a little HTML, its lines kept."""
        lines = BREAKS.sub("\n", text[:LONGEST])
        return html.unescape(TAGS.sub("", lines)).strip()

    @functions.signature(TEXT, TEXT)
    def _func_before(self, text: str, mark: str) -> str:
        """What stands before the first `mark`; the whole text where there is none."""
        return text.partition(mark)[0] if mark else text

    @functions.signature(TEXT, TEXT)
    def _func_after(self, text: str, mark: str) -> str | None:
        """What stands after the first `mark`; nothing where there is none."""
        _, found, rest = text.partition(mark) if mark else ("", "", "")
        return rest if found else None

    @functions.signature(TEXT, TEXT)
    def _func_split(self, text: str, mark: str) -> list[str]:
        """The parts between the marks, at most a thousand."""
        return text.split(mark, 999) if mark else [text]

    @functions.signature(TEXT)
    def _func_lower(self, text: str) -> str:
        return text.lower()

    @functions.signature(TEXT)
    def _func_upper(self, text: str) -> str:
        return text.upper()

    @functions.signature(TEXT)
    def _func_digits(self, text: str) -> str:
        """Only its digits."""
        return DIGITS.sub("", text[:LONGEST])

    @functions.signature(OBJECT, NAMES)
    def _func_without(self, found: dict[str, Any], names: list[str]) -> dict[str, Any]:
        """The object without these names."""
        return {name: value for name, value in found.items() if name not in names}

    @functions.signature(LIST, TEXT, ANY)
    def _func_find(self, found: list[Any], name: str, value: Any) -> Any:
        """The first object of a list whose `name` is this value; nothing is found by nothing."""
        if value is None:
            return None
        fits = (one for one in found if isinstance(one, dict) and one.get(name) == value)
        return next(fits, None)
