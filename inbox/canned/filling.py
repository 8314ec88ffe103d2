"""What stands in braces in a canned reply, filled in. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

VARIABLES = ("name", "me", "company", "deal", "amount")
MAY_BE_EMPTY = frozenset(("name",))
"""A text reads well without it: `Hello {name},` becomes `Hello,`."""
_VARIABLE = re.compile(r"(?P<space>[ \t]*)\{(?P<name>" + "|".join(VARIABLES) + r")\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The text; `missing` are the variables that nothing is known for: they still stand in it, to be written by hand."""

    text: str
    missing: tuple[str, ...]


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put the values in; what is in other braces stays as it is."""
    missing: dict[str, None] = {}

    def put(found: re.Match[str]) -> str:
        name = found["name"]
        if value := values.get(name, ""):
            return found["space"] + value
        if name in MAY_BE_EMPTY:
            return ""
        missing[name] = None
        return found[0]

    filled = _VARIABLE.sub(put, text)
    return Filled(text=filled, missing=tuple(missing))
