"""What is wrong with a manifest, each with its place and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault; `line` and `column` count from 1."""

    source: str
    line: int
    column: int
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}: {self.what} {self.remedy}".rstrip()


class ManifestInvalid(Exception):
    """The manifest cannot be used; every problem is named."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
