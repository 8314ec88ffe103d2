"""What a message means: one rule by its examples, two that are too close to tell apart, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chatbot.understanding.examples import Examples, Scored

THRESHOLD = 0.45
"""Least score of an answer; from the curve that `python -m benchmarks understanding` draws."""
MARGIN = 0.10
"""How far the next best must be behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """`best` is clear, or `close` holds the two that are not; `next` is told in the explanation."""

    best: Scored | None = None
    next: Scored | None = None
    close: tuple[Scored, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        return (self.best.rule,) if self.best else tuple(each.rule for each in self.close)

    def why(self) -> str:
        """The clear match in words."""
        if self.best is None:
            return ""
        words = ", ".join(f"`{word}`" for word in self.best.words)
        said = f"means `{self.best.example}` ({self.best.score:.2f}, by {words})"
        return f"{said}; next is {self.next.rule} ({self.next.score:.2f})" if self.next else said


NOTHING = Meant()


def what_is_meant(
    examples: Examples, text: str, *, threshold: float, margin: float, fits: Callable[[str], bool]
) -> Meant:
    """The meaning among the rules that fit the circumstances; `fits` is asked for those in question only."""
    best: Scored | None = None
    for scored in examples.rank(text):
        if best is None and scored.score < threshold:
            return NOTHING
        if not fits(scored.rule):
            continue
        if best is None:
            best = scored
        elif best.score - scored.score < margin:
            return Meant(close=(best, scored))
        else:
            return Meant(best=best, next=scored)
    return Meant(best=best) if best else NOTHING
