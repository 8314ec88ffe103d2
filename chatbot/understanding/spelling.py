"""Slips of the keyboard: the known word that a strange one was meant to be, found without comparing it with all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5
"""In shorter words one letter makes another word."""
LONG = 8
"""From this length on, two slips are forgiven."""
REMEMBERED = 20_000


class Spelling:
    """Known words in drawers by length and by first or last letters: a slip seldom hits both ends of a word."""

    def __init__(self, known: Iterable[str]) -> None:
        self._drawers: Mapping[tuple[int, str], list[str]]
        drawers: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        for word in sorted(set(known)):
            if len(word) >= SHORTEST - 1 and not word.isdecimal():
                for key in (f"^{word[:2]}", f"${word[-2:]}", f"~{word[0]}{word[-1]}"):
                    drawers[len(word), key].append(word)
        self._drawers = dict(drawers)
        self._found: dict[str, str] = {}

    def mend(self, word: str) -> str:
        """The one nearest known word, or nothing when none is near."""
        if len(word) < SHORTEST or word.isdecimal():
            return ""
        found = self._found.get(word)
        if found is None:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            found = self._found[word] = self._look(word)
        return found

    def _look(self, word: str) -> str:
        slips = 2 if len(word) >= LONG else 1
        near: dict[str, None] = {}
        for length in range(len(word) - slips, len(word) + slips + 1):
            for key in (f"^{word[:2]}", f"${word[-2:]}", f"~{word[0]}{word[-1]}"):
                near.update(dict.fromkeys(self._drawers.get((length, key), ())))
        best = process.extractOne(word, list(near), scorer=OSA.distance, score_cutoff=slips)
        return str(best[0]) if best else ""
