"""Sets of 10, 50 and 150 rules of many trades: their examples, questions in other words, and what nobody should answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.understanding.score import Pair, Point, language_of, measure_with, trained_on

HERE = Path(__file__).parent / "trades"
SIZES: Mapping[int, tuple[str, ...]] = {10: ("en", "ru", "km"), 50: ("en", "ru"), 150: ("en",)}
"""Rules, and the languages that they have examples in."""
OTHERS = 55
"""From this rule on, what is asked of the others is of another trade than the first fifty's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeSet:
    """`beyond` is about nothing that a business answers; `others` are questions for other businesses' rules."""

    examples: Mapping[str, Sequence[str]]
    asked: Sequence[Pair]
    beyond: Sequence[str]
    others: Sequence[str]


def trades(size: int) -> TradeSet:
    """The first so many rules of trades/en.txt, in their languages."""
    languages = SIZES[size]
    chosen = list(_read("en")[0])
    examples: defaultdict[str, list[str]] = defaultdict(list)
    asked = list[Pair]()
    for language in languages:
        taught, questions = _read(language)
        for rule in chosen[:size]:
            examples[rule] += taught.get(rule, ())
            asked += [(rule, text) for text in questions.get(rule, ())]
    beyond = (HERE / "beyond.txt").read_text(encoding="utf-8").splitlines()
    return TradeSet(
        examples=examples,
        asked=asked,
        beyond=[text for text in beyond if language_of(text) in languages],
        others=[text for rule in chosen[OTHERS:] for text in _read("en")[1][rule]] if size < OTHERS else [],
    )


def measured(size: int) -> tuple[Point, Point | None]:
    """At the defaults: with what is about nothing, and with questions for others in its place."""
    found = trades(size)
    pairs = tuple((rule, text) for rule, texts in found.examples.items() for text in texts)
    trained = trained_on(pairs)
    whole = measure_with(trained, found.asked, found.beyond)
    return whole, measure_with(trained, found.asked, found.others) if found.others else None


@cache
def _read(language: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Examples and questions by rule; a question begins with `> `."""
    examples: defaultdict[str, list[str]] = defaultdict(list)
    questions: defaultdict[str, list[str]] = defaultdict(list)
    rule = ""
    for line in (HERE / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            rule = line[2:]
        elif line.startswith("> "):
            questions[rule].append(line[2:])
        elif line:
            examples[rule].append(line)
    return dict(examples), dict(questions)
