"""Pieces of a statement that is put together: places for its values and names for its tables, all of them literals."""

from __future__ import annotations

from typing import Final, LiteralString

from values.filters.errors import FilterInvalid
from values.sentences import phrase

_DIGITS: Final[tuple[LiteralString, ...]] = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")


def _number(a: LiteralString, b: LiteralString, c: LiteralString) -> LiteralString:
    return f"{a}{b}{c}".lstrip("0")


_NUMBERS: Final[list[LiteralString]] = [_number(a, b, c) for a in _DIGITS for b in _DIGITS for c in _DIGITS]
"""1 to 999; what a person writes never gets into a statement, and neither does a number that was made at run time."""
MOST: Final = len(_NUMBERS) - 1


class Writing:
    """The values of a statement in the order of their places, the first of them the viewer's scope."""

    def __init__(self, scope: int | None) -> None:
        self.args: list[object] = [scope]
        self._keys: dict[str, LiteralString] = {}
        self._aliases = 0

    def place(self, value: object) -> LiteralString:
        """Where the value stands: `$2` and so on. Raises FilterInvalid when there are too many."""
        if len(self.args) == MOST:
            raise FilterInvalid(phrase("This filter compares with too many values."))
        self.args.append(value)
        return "$" + _NUMBERS[len(self.args)]

    def key(self, own: str) -> LiteralString:
        """Where the key of an own field stands, the same for all that ask for it."""
        if own not in self._keys:
            self._keys[own] = f"{self.place(own)}::text"
        return self._keys[own]

    def alias(self) -> LiteralString:
        """A name for one more table."""
        self._aliases += 1
        return "r" + _NUMBERS[self._aliases]
