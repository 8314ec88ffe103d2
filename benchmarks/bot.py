"""Decisions a second on one core, over files of growing size; in processor time, so that neighbours do not count."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.understanding.score import grouped, labelled
from chatbot.engine import decide
from chatbot.model import Abilities, BotState, Turn
from chatbot.parse import load
from chatbot.rules import RuleSet

SIZES = ((10, 10), (50, 10), (150, 20), (500, 10), (5_000, 10))
"""Rules, and example phrases a rule; the last two are too many for the classifier."""
SYLLABLES = tuple(f"{first}{second}" for first in "bdfgklmnprstvz" for second in "aeio")


async def run(_stage: object, *, seconds: float) -> list[dict[str, Any]]:
    """A row a size; messages are of three languages, one in three beyond what the bot knows."""
    return [await asyncio.to_thread(_one, rules, phrases, seconds) for rules, phrases in SIZES]


def _one(count: int, phrases: int, seconds: float) -> dict[str, Any]:
    began = time.perf_counter()
    rules = load(_file(count, phrases), source="benchmark")
    loaded = time.perf_counter() - began
    began = time.process_time()
    rules.learn()
    learnt = time.process_time() - began
    turns = _turns(rules)
    took = list[float]()
    for turn in turns[:500]:  # as in a process that has run for a while
        decide(rules, BotState(), turn)
    until = time.thread_time() + seconds
    for turn in itertools.cycle(turns):
        start = time.thread_time()
        decide(rules, BotState(), turn)
        took.append(time.thread_time() - start)
        if start > until:
            break
    took.sort()
    return {
        "rules": count,
        "example phrases": len(rules.examples or ()),
        "read in s": round(loaded, 1),
        "learnt in s": round(learnt, 1),
        "decisions/s": round(len(took) / sum(took)),
        "p50 us": round(took[len(took) // 2] * 1e6),
        "p99 us": round(took[len(took) * 99 // 100] * 1e6),
    }


def _file(count: int, phrases: int) -> str:
    """Real intents about made-up products: each rule has its product and a third of them keywords too."""
    chance = random.Random(7)
    intents = list(grouped(labelled("train.txt")).items())
    rules = list[dict[str, Any]]()
    for number in range(count):
        intent, sentences = intents[number % len(intents)]
        product = _word(chance)
        chosen = [chance.choice(sentences) for _ in range(phrases)]
        when: dict[str, Any] = {"examples": [f"{text} {product} {_word(chance, 2)}" for text in chosen]}
        if number % 3 == 0:
            when["keywords"] = [f"{product}{_word(chance)}", f"{product}{_word(chance, 1)}*"]
        rules.append({"id": f"{intent}_{number}", "when": when, "do": [{"say": product}]})
    return json.dumps({"version": "1", "rules": rules}, ensure_ascii=False)


def _turns(rules: RuleSet) -> Sequence[Turn]:
    """Questions about products, with other words around them, and such about nothing the bot knows."""
    chance = random.Random(11)
    asked = [text for _, text in labelled("test.txt")]
    beyond = [text for _, text in labelled("beyond.txt")]
    products = [rule.when.examples[0].split()[-2] for rule in rules.rules if rule.when]
    texts = [f"{chance.choice(asked)} {chance.choice(products)}" for _ in range(2_000)]
    texts += [f"{chance.choice(beyond)} {_word(chance)}" for _ in range(1_000)]
    chance.shuffle(texts)
    return [_turn(text) for text in texts]


def _word(chance: random.Random, syllables: int = 4) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(syllables))


def _turn(text: str) -> Turn:
    return Turn(
        text=text, channel="chat", connector="chat", language="en", now=datetime(2026, 11, 23, tzinfo=UTC),
        first_contact=False, in_hours=True, known={}, abilities=Abilities(buttons=True),
    )  # fmt: skip
