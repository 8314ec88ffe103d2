"""Counts answers of the real engine on questions that the bot has not seen."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chatbot.meaning import MARGIN, THRESHOLD, what_is_meant
from chatbot.understanding.examples import Examples

HERE = Path(__file__).parent
FOLDS = 5
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Shares at one threshold; `right` is among what was answered, `false` among what nobody should answer."""

    threshold: float
    asked: int
    beyond: int
    answered: float
    right: float
    false: float


@cache
def labelled(name: str) -> tuple[Pair, ...]:
    """Pairs of label and sentence from a file with `# label` lines."""
    label, pairs = "", list[Pair]()
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            label = line[2:]
        elif line.strip():
            pairs.append((label, line.strip()))
    return tuple(pairs)


def language_of(text: str) -> str:
    if re.search("[\u1780-\u17ff]", text):
        return "km"
    return "ru" if re.search("[\u0400-\u04ff]", text) else "en"


def measure(
    asked: Sequence[Pair], beyond: Sequence[str], *, threshold: float = THRESHOLD, language: str = ""
) -> Point:
    """The bot trained on train.txt, asked the given questions (of one language, if named)."""
    asked = [pair for pair in asked if not language or language_of(pair[1]) == language]
    beyond = [text for text in beyond if not language or language_of(text) == language]
    return measure_with(trained_on(labelled("train.txt")), asked, beyond, threshold=threshold)


def measure_with(
    trained: Examples, asked: Sequence[Pair], beyond: Sequence[str], *, threshold: float = THRESHOLD
) -> Point:
    answers = [(label, _answer(trained, text, threshold)) for label, text in asked]
    false = [text for text in beyond if _answer(trained, text, threshold)]
    return _point(answers, false=len(false), beyond=len(beyond), threshold=threshold)


def held_out() -> Point:
    """The training set against itself, a fifth held out each time: what the defaults were chosen by."""
    pairs = list(labelled("train.txt"))
    beyond = [text for kind, text in labelled("beyond.txt") if kind == "dev"]
    random.Random(1).shuffle(pairs)
    answers, false = list[Pair](), 0
    for fold in range(FOLDS):
        trained = trained_on(tuple(pair for n, pair in enumerate(pairs) if n % FOLDS != fold))
        answers += [(label, _answer(trained, text, THRESHOLD)) for label, text in pairs[fold::FOLDS]]
        false += sum(bool(_answer(trained, text, THRESHOLD)) for text in beyond)
    return _point(answers, false=false, beyond=len(beyond) * FOLDS, threshold=THRESHOLD)


@cache
def trained_on(pairs: tuple[Pair, ...]) -> Examples:
    return Examples(grouped(pairs))


def grouped(pairs: Iterable[Pair]) -> Mapping[str, list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for label, text in pairs:
        groups[label].append(text)
    return groups


def _answer(trained: Examples, text: str, threshold: float) -> str:
    meant = what_is_meant(trained, text, threshold=threshold, margin=MARGIN, fits=lambda _: True)
    return meant.best.rule if meant.best else ""


def _point(answers: Sequence[Pair], *, false: int, beyond: int, threshold: float) -> Point:
    answered = [(label, given) for label, given in answers if given]
    right = sum(label == given for label, given in answered)
    return Point(
        threshold=threshold,
        asked=len(answers),
        beyond=beyond,
        answered=len(answered) / max(len(answers), 1),
        right=right / max(len(answered), 1),
        false=false / max(beyond, 1),
    )
