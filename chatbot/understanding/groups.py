"""Questions that mean about the same, put together: what people ask most that the bot does not answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from chatbot.understanding.stems import words_of
from chatbot.understanding.thesaurus import Thesaurus, bundled
from values.texts import one_line

ALIKE = 0.5
"""Least share of common words for two questions to be put together."""
MOST = 5_000
SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that are alike: the one that stands for them, how many there were, and different ways to put it."""

    title: str
    count: int
    texts: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Growing:
    texts: list[str]
    features: Counter[str]
    count: int


def group(questions: Iterable[str], *, thesaurus: Thesaurus | None = None) -> tuple[Group, ...]:
    """Groups, the largest first. Words of little meaning do not count; a text without others is left out."""
    words = thesaurus or bundled()
    counted = Counter(one_line(text, 200) for text, _ in zip(questions, range(MOST), strict=False))
    growing: list[_Growing] = []
    by_feature: defaultdict[str, list[int]] = defaultdict(list)
    for text, count in counted.most_common():
        features = _features(text, words)
        if not features:
            continue
        place = _nearest(features, growing, by_feature)
        if place is None:
            place = len(growing)
            growing.append(_Growing(texts=[], features=Counter(), count=0))
        found = growing[place]
        found.texts.append(text)
        found.count += count
        for feature in features:
            if feature not in found.features:
                by_feature[feature].append(place)
            found.features[feature] += 1
    groups = [
        Group(title=each.texts[0], count=each.count, texts=tuple(each.texts[:SHOWN])) for each in growing
    ]
    return tuple(sorted(groups, key=lambda each: -each.count))


def _features(text: str, thesaurus: Thesaurus) -> frozenset[str]:
    found = thesaurus.meanings(words_of(text))
    return frozenset(
        word.stem for word in found if word.stem not in thesaurus.weak and not word.stem.isdecimal()
    )


def _nearest(
    features: frozenset[str], growing: list[_Growing], by_feature: dict[str, list[int]]
) -> int | None:
    """The group that shares the most words, weighed by how common each is in the group."""
    candidates = {place for feature in features for place in by_feature.get(feature, ())[:200]}
    best: tuple[float, int] = (ALIKE, -1)
    for place in sorted(candidates):
        group_ = growing[place]
        size = len(group_.texts)
        shared = sum(group_.features[feature] / size for feature in features if feature in group_.features)
        likeness = 2 * shared / (len(features) + sum(group_.features.values()) / size)
        best = max(best, (likeness, place), key=lambda each: each[0])
    return best[1] if best[1] >= 0 else None
