"""What is wrong with a rules file, where, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault. `line` and `column` count from 1."""

    source: str
    line: int
    column: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}: {self.what}; {self.remedy}."


class RulesInvalid(Exception):
    """Rules that are not taken, with every problem found, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
