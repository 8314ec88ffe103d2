"""Example phrases, indexed: what a message means, scored, with cost that does not grow with their number."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from chatbot.understanding.spelling import Spelling
from chatbot.understanding.stems import Word, words_of
from chatbot.understanding.thesaurus import Thesaurus, with_groups

WEAK = 0.2
"""Weight of words such as `the` and `please`."""
STRANGE = 0.75
"""Weight of a word that stands in no example: what was said of something else lowers the score."""
MENDED = 0.9
"""Part of its weight that a word counts which was mended."""
CLOSENESS = 0.5
"""Share of the nearest example in the score; the rest is how well the words belong to the rule as a whole."""
ENOUGH = 300
"""Entries of the index that are walked for one message; the rarest words come first."""
FINALISTS = 20
"""Examples that are compared word for word."""
TOLD = 5
"""Rules that are told, the best first."""
NUMBER = "#"
"""All numbers are one word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """How well a rule fits: its nearest example and the words that speak for it."""

    rule: str
    score: float
    example: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Example:
    rule: str
    text: str
    features: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message in the terms of the index: feature -> weight it counts, and -> what was written."""

    weights: Mapping[str, float]
    written: Mapping[str, str]
    total: float


class Examples:
    """All examples of a file. `rank` never raises, whatever the text."""

    def __init__(
        self, examples: Mapping[str, Iterable[str]], *, synonyms: Iterable[Sequence[str]] = ()
    ) -> None:
        self._thesaurus: Thesaurus = with_groups(synonyms)
        read = [(rule, text, self._read(text)) for rule, texts in examples.items() for text in texts]
        self._weights = self._weigh(read, rules=max(len(examples), 1))
        self._examples = [
            _Example(rule, text, features, sum(self._weights[each] for each in features))
            for rule, text, words in read
            if (features := frozenset(map(_feature, words)))
        ]
        self._sizes = [example.weight for example in self._examples]
        self._postings = self._post()
        self._belongs = self._shares()
        self._plain = {word.plain: word for _, _, words in read for word in words}
        for plain, concept in self._thesaurus.plain.items():
            if concept in self._weights:
                self._plain.setdefault(plain, Word(plain, concept))
        self._spelling = Spelling(self._plain)

    def __len__(self) -> int:
        return len(self._examples)

    def rank(self, text: str) -> tuple[Scored, ...]:
        """Rules by how well they fit, the best first."""
        asked = self._ask(text)
        if not asked.total:
            return ()
        best: dict[str, tuple[float, _Example]] = {}
        belonging: dict[str, float] = {}
        for place in self._near(asked):
            example = self._examples[place]
            if example.rule not in belonging:
                belonging[example.rule] = self._belonging(example.rule, asked)
            score = self._closeness(example, asked) + belonging[example.rule]
            known = best.get(example.rule)
            if known is None or score > known[0]:
                best[example.rule] = (score, example)
        ranked = sorted(best.values(), key=lambda each: -each[0])[:TOLD]
        return tuple(_told(example, score, asked) for score, example in ranked)

    def _closeness(self, example: _Example, asked: _Asked) -> float:
        """How near an example is, word for word, as a part of the score."""
        weights = asked.weights
        common = sum([weights[each] for each in weights.keys() & example.features])
        return CLOSENESS * 2 * common / (asked.total + example.weight)

    def _belonging(self, rule: str, asked: _Asked) -> float:
        """How far the words are the rule's own, as a part of the score."""
        belongs = self._belongs[rule]
        own = sum([weight * belongs[each] for each, weight in asked.weights.items() if each in belongs])
        return (1 - CLOSENESS) * own / asked.total

    def _near(self, asked: _Asked) -> list[int]:
        """Places of the examples that share the most with it, by the rarest of its words."""
        gathered: dict[int, float] = {}
        walked = 0
        postings, sizes, sofar = self._postings, self._sizes, gathered.get
        for each in sorted(asked.weights.keys() & postings.keys(), key=lambda each: len(postings[each])):
            places, weight = postings[each], asked.weights[each]
            if walked and walked + len(places) > ENOUGH:
                break
            for place in places[:ENOUGH]:
                gathered[place] = sofar(place, 0.0) + weight / sizes[place]
            walked += len(places)
        return nlargest(FINALISTS, gathered, key=gathered.__getitem__)

    def _ask(self, text: str) -> _Asked:
        weights: dict[str, float] = {}
        written: dict[str, str] = {}
        mended: dict[str, float] = {}
        words: list[Word] = []
        for word in words_of(text):
            fixed = self._mended(word)
            if fixed is not word:
                mended[fixed.plain] = MENDED
            words.append(fixed)
        for word in self._thesaurus.meanings(words):
            feature = _feature(word)
            weight = self._weights.get(feature)
            if weight is None:
                weight = WEAK if feature in self._thesaurus.weak or feature == NUMBER else STRANGE
            weights[feature] = weight * mended.get(word.plain, 1.0)
            written.setdefault(feature, word.plain)
        return _Asked(weights, written, sum(weights.values()))

    def _mended(self, word: Word) -> Word:
        if word.plain in self._plain or word.stem in self._weights or word.stem in self._thesaurus.weak:
            return word
        if (word.stem,) in self._thesaurus.concepts:
            return word
        return self._plain.get(self._spelling.mend(word.plain), word)

    def _read(self, text: str) -> list[Word]:
        return self._thesaurus.meanings(words_of(text))

    def _weigh(self, read: Sequence[tuple[str, str, list[Word]]], *, rules: int) -> dict[str, float]:
        """A word that few rules use tells more than one that many use."""
        users: defaultdict[str, set[str]] = defaultdict(set)
        for rule, _, words in read:
            for word in words:
                users[_feature(word)].add(rule)
        most = math.log(1 + rules)
        return {
            feature: (WEAK if feature in self._thesaurus.weak or feature == NUMBER else 1.0)
            * math.log(1 + rules / len(found))
            / most
            for feature, found in users.items()
        }

    def _post(self) -> dict[str, tuple[int, ...]]:
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for place, example in enumerate(self._examples):
            for feature in example.features:
                postings[feature].append(place)
        return {feature: tuple(places) for feature, places in postings.items()}

    def _shares(self) -> dict[str, dict[str, float]]:
        """For each rule, how far each of its words is its own: 1 when no other rule uses it."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        sizes = Counter(example.rule for example in self._examples)
        for example in self._examples:
            counts[example.rule].update(example.features)
        rates: defaultdict[str, float] = defaultdict(float)
        for rule, counted in counts.items():
            for feature, count in counted.items():
                rates[feature] += count / sizes[rule]
        return {
            rule: {feature: count / sizes[rule] / rates[feature] for feature, count in counted.items()}
            for rule, counted in counts.items()
        }


def _told(example: _Example, score: float, asked: _Asked) -> Scored:
    words = tuple(asked.written[each] for each in asked.weights if each in example.features)
    return Scored(rule=example.rule, score=min(score, 1.0), example=example.text, words=words)


def _feature(word: Word) -> str:
    return NUMBER if word.stem.isdecimal() else word.stem
