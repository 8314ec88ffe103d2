"""What the outline of a step is made of: its verb with its value, whatever else is said about it, and its buttons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One `key: value` as somebody would read it; `leads` names the rule that it leads to."""

    key: str
    value: str
    leads: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button or an option, and the rules that hear it."""

    label: str
    line: int
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutline:
    """A step: its verb with its value, whatever else is said about it, and its buttons. Lines count from 1."""

    name: str
    line: int
    column: int
    verb: str
    value: str
    parts: tuple[Part, ...] = ()
    presses: tuple[Press, ...] = ()
    leads: tuple[Part, ...] = ()

    def part(self, key: str) -> str:
        """The value of a key; empty if it is not written."""
        return next((part.value for part in self.parts if part.key == key), "")
