"""Example phrases, indexed: what a message means, scored by a matcher of words and by a classifier that learnt them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

from chatbot.understanding.classifier import Classifier
from chatbot.understanding.features import NUMBER, Seen, compared, look, pieces, script
from chatbot.understanding.learning import Lesson, learnt
from chatbot.understanding.matters import matters
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
LEARNT = 0.5
"""Share of the classifier in the score; the rest is the matcher's."""
LIKELY = 0.2
"""From here on a rule that shares no word with the message is told: by pieces of words."""
ALONE = 0.8
"""Part of the matcher's score that counts where the classifier has no say: too many rules, or another alphabet."""
TOLD = 5
"""Rules that are told, the best first."""
ALIKE = 0.5
"""Share of its pieces from which a word looks like one of an example."""


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
    """A message in the terms of the index: its features in their order, feature -> weight it counts, -> what was written."""

    words: Sequence[str]
    weights: Mapping[str, float]
    written: Mapping[str, str]
    total: float


class Examples:
    """All examples of a file. `rank` never raises, whatever the text; the first time it may `learn` and take its time."""

    def __init__(
        self, examples: Mapping[str, Iterable[str]], *, synonyms: Iterable[Sequence[str]] = ()
    ) -> None:
        groups = tuple(map(tuple, synonyms))
        examples = {rule: tuple(texts) for rule, texts in examples.items()}
        self._thesaurus: Thesaurus = with_groups(groups)
        self._lesson = Lesson(
            key=(tuple(examples.items()), groups),
            examples=examples,
            seen=lambda text, shares: self._seen(text, self._ask(text), shares),
            nearness=self._nearness,
        )
        self._classifier: Classifier | None = None
        self._learns = not self._lesson.is_too_large
        read = [(rule, text, self._read(text)) for rule, texts in examples.items() for text in texts]
        self._weights = self._weigh(read, rules=max(len(examples), 1))
        self._examples = [
            _Example(rule, text, features, sum(self._weights[each] for each in features))
            for rule, text, words in read
            if (features := frozenset(map(compared, words)))
        ]
        self._of_rule: defaultdict[str, list[_Example]] = defaultdict(list)
        for example in self._examples:
            self._of_rule[example.rule].append(example)
        self._scripts = {rule: {script(each.text) for each in of_it} for rule, of_it in self._of_rule.items()}
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
        self.learn()
        asked = self._ask(text)
        if not asked.total:
            return ()
        matched = self._matched(asked)
        if self._classifier:
            scores = self._mixed(text, asked, matched)
        else:
            scores = {rule: score * ALONE for rule, (score, _) in matched.items()}
        ranked = nlargest(TOLD, scores, key=scores.__getitem__)
        return tuple(_told(matched[rule][1], scores[rule], asked) for rule in ranked)

    def learn(self) -> None:
        """Trains the classifier, unless these examples were learnt before; takes up to some seconds, in any thread."""
        if self._learns and self._classifier is None and self._examples:
            self._classifier = learnt(self._lesson)

    @property
    def has_learnt(self) -> bool:
        return self._classifier is not None

    def _mixed(
        self, text: str, asked: _Asked, matched: dict[str, tuple[float, _Example]]
    ) -> dict[str, float]:
        """The scores of both, as one; adds to `matched` what the classifier alone thought of.

        Of a rule that has no example in the alphabet of the message the classifier knows nothing: synonyms tell.
        """
        assert self._classifier
        likely = self._classifier.likelihoods(self._seen(text, asked))
        written = script(text)
        for rule in nlargest(TOLD, likely, key=likely.__getitem__):
            if rule not in matched and likely[rule] >= LIKELY and written in self._scripts.get(rule, ()):
                matched[rule] = self._nearest(rule, asked, text)
        return {
            rule: LEARNT * likely[rule] + (1 - LEARNT) * score
            if written in self._scripts[rule]
            else ALONE * score
            for rule, (score, _) in matched.items()
        }

    def _matched(self, asked: _Asked) -> dict[str, tuple[float, _Example]]:
        """The matcher's word: for each rule that shares words its score and its nearest example."""
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
        return best

    def _nearest(self, rule: str, asked: _Asked, text: str) -> tuple[float, _Example]:
        """Score and nearest example of a rule that the classifier alone thought of, be it by pieces of words."""
        written = set(pieces(text))

        def near(example: _Example) -> tuple[float, int]:
            return self._closeness(example, asked), len(written.intersection(pieces(example.text)))

        example = max(self._of_rule[rule], key=near)
        return self._closeness(example, asked) + self._belonging(rule, asked), example

    def _nearness(self, text: str) -> float:
        """The matcher's score of a text for the rule that it fits best."""
        asked = self._ask(text)
        return max((score for score, _ in self._matched(asked).values()), default=0.0) if asked.total else 0.0

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
        for each in sorted(
            asked.weights.keys() & postings.keys(), key=lambda each: (len(postings[each]), each)
        ):
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
        fixed: list[Word] = []
        for word in words_of(text):
            fixed.append(self._mended(word))
            if fixed[-1] is not word:
                mended[fixed[-1].plain] = MENDED
        meant = self._thesaurus.meanings(fixed)
        words = [compared(word) for word in meant]
        for word, feature in zip(meant, words, strict=True):
            weight = self._weights.get(feature)
            if weight is None:
                weight = WEAK if feature in self._thesaurus.weak or feature == NUMBER else STRANGE
            weights[feature] = weight * mended.get(word.plain, 1.0)
            written.setdefault(feature, word.plain)
        return _Asked(words, weights, written, sum(weights.values()))

    def _seen(self, text: str, asked: _Asked, shares: Mapping[str, float] | None = None) -> Seen:
        """What the classifier sees; the shares of its matters may be known."""
        seen = look(text, asked.words)
        return replace(seen, matters=matters().of(seen) if shares is None else shares)

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
                users[compared(word)].add(rule)
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
    """With the words that the example has too; where none is the same, those that look like its words."""
    words = tuple(asked.written[each] for each in asked.weights if each in example.features)
    if not words:
        known = set(pieces(example.text))
        words = tuple(word for word in asked.written.values() if _share(set(pieces(word)), known) >= ALIKE)
    return Scored(rule=example.rule, score=min(score, 1.0), example=example.text, words=words)


def _share(some: set[str], known: set[str]) -> float:
    return len(some & known) / max(len(some), 1)
