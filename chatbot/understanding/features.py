"""What the classifier sees of a text: its words, pairs of neighbours and pieces of letters, its matters."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from chatbot.understanding.stems import MAX_READ, Word
from chatbot.words import BETWEEN, normalise

PAIR = 0.5
"""Part of its weight that a pair of words counts: its words count too."""
PIECES = 0.7
"""Length of the vector of pieces; that of the words is 1."""
MATTER = 2.5
"""What a matter counts for that is certain."""
STRANGE = 1.0
STRANGE_PIECE = 0.3
"""Weight of what stands in no text that was learnt, against the rarest that does: it makes the rest count less."""
NUMBER = "#"
"""All numbers are one word."""
SHORTEST, LONGEST = 2, 3
"""Letters of a piece where words are not parted by spaces; elsewhere all have the longer length."""
CYRILLIC = re.compile("[\u0400-\u04ff]")
UNPARTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Seen:
    """The features of one text by their names, which do not overlap between the kinds."""

    words: frozenset[str]
    pairs: frozenset[str]
    pieces: frozenset[str]
    matters: Mapping[str, float] = field(default_factory=dict[str, float])


def look(text: str, words: Sequence[str]) -> Seen:
    """`words` are those of the text in their order, as the matcher compares them."""
    return Seen(
        frozenset(f"w{word}" for word in words),
        frozenset(f"p{first} {second}" for first, second in pairwise(words)),
        frozenset(f"c{piece}" for piece in pieces(text)),
    )


def compared(word: Word) -> str:
    """A word as it is compared."""
    return NUMBER if word.stem.isdecimal() else word.stem


def pieces(text: str) -> Iterable[str]:
    """Runs of letters within the words; the edges of a word count as letters where words have edges."""
    for word in BETWEEN.sub(" ", normalise(text[:MAX_READ])).split():
        if UNPARTED.search(word):
            for length in range(SHORTEST, LONGEST + 1):
                yield from (word[at : at + length] for at in range(len(word) - length + 1))
        else:
            edged = f" {word} "
            yield from (edged[at : at + LONGEST] for at in range(len(edged) - LONGEST + 1))


def script(text: str) -> str:
    """Letters of which kind a text is written in, roughly."""
    if found := UNPARTED.search(text):
        return f"{ord(found.group()) >> 8:x}"
    return "cyrillic" if CYRILLIC.search(text) else "latin"


class Vectors:
    """Weights of all features of the texts that are learnt from; makes a text a vector."""

    def __init__(self, texts: Sequence[Seen]) -> None:
        whole = 1 + len(texts)
        self.rarest = math.log(whole / 2)
        counted = Counter(feature for seen in texts for feature in (*seen.words, *seen.pairs, *seen.pieces))
        self.weights = {
            feature: math.log(whole / (1 + count)) * (PAIR if feature[0] == "p" else 1.0)
            for feature, count in counted.items()
            if count > 1 or feature[0] == "w"
        }

    @classmethod
    def read(cls, weights: Mapping[str, float], rarest: float) -> Vectors:
        """As they were counted before."""
        found = cls.__new__(cls)
        found.weights, found.rarest = dict(weights), rarest
        return found

    def of(self, seen: Seen) -> dict[str, float]:
        """Words and pieces are two vectors of their own lengths, side by side."""
        strange = self.rarest * STRANGE
        words = self._scaled(seen.words | seen.pairs, of=1.0, strange={"w": strange})
        found = words | self._scaled(seen.pieces, of=PIECES, strange={"c": self.rarest * STRANGE_PIECE})
        found |= {f"m{name}": MATTER * math.sqrt(share) for name, share in seen.matters.items()}
        return found

    def _scaled(
        self, features: Iterable[str], *, of: float, strange: Mapping[str, float]
    ) -> dict[str, float]:
        known: dict[str, float] = {}
        squared = 0.0
        for feature in sorted(features):
            weight = self.weights.get(feature)
            if weight is None:
                squared += strange.get(feature[0], 0.0) ** 2
            else:
                known[feature] = weight
                squared += weight * weight
        length = math.sqrt(squared) or 1.0
        return {feature: weight * of / length for feature, weight in known.items()}
