"""Six small rule sets asked in loose words: long stories, text-speak, and what nobody should answer though it shares words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.understanding.score import Pair
from chatbot.meaning import MARGIN, THRESHOLD, what_is_meant
from chatbot.understanding.examples import Examples

HERE = Path(__file__).parent / "loose"
NOBODY = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """`right` and `wrong` of those `asked`; `false` of those `beyond`, with a question back as half."""

    asked: int
    right: int
    wrong: int
    beyond: int
    false: float


def measured() -> Mapping[str, Counted]:
    """By trade, at the defaults."""
    return {path.stem: count(*read(path)) for path in sorted(HERE.glob("*.txt"))}


def count(examples: Mapping[str, Sequence[str]], asked: Sequence[Pair]) -> Counted:
    """Asks the rules of these examples; nobody should answer what is labelled `-`."""
    trained = Examples(examples)
    answers = [
        (label, what_is_meant(trained, text, threshold=THRESHOLD, margin=MARGIN, fits=lambda _: True))
        for label, text in asked
    ]
    given = [(label, meant.best.rule) for label, meant in answers if meant.best and label != NOBODY]
    false = [
        1.0 if meant.best else 0.5 if meant.close else 0.0 for label, meant in answers if label == NOBODY
    ]
    right = sum(label == rule for label, rule in given)
    return Counted(
        asked=len(answers) - len(false),
        right=right,
        wrong=len(given) - right,
        beyond=len(false),
        false=sum(false),
    )


def read(path: Path) -> tuple[Mapping[str, Sequence[str]], Sequence[Pair]]:
    """Examples by rule, and questions with the rule that should answer."""
    examples: defaultdict[str, list[str]] = defaultdict(list)
    asked = list[Pair]()
    rule = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            rule = line[2:]
        elif line.startswith("> "):
            asked.append((rule, line[2:]))
        elif line:
            examples[rule].append(line)
    return dict(examples), asked
