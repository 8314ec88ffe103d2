"""Synonyms and words of little meaning: those that come with the bot, and those of a rules file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from chatbot.understanding.stems import Word, words_of

Key = tuple[str, ...]
LONGEST = 4
"""Words of the longest synonym that is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thesaurus:
    """`concepts` leads from the stems of a word or phrase to what it means; `weak` holds stems of little meaning."""

    concepts: Mapping[Key, str]
    weak: frozenset[str]
    plain: Mapping[str, str]
    """Single synonyms as written -> concept, for mending slips of the keyboard."""

    def meanings(self, words: Sequence[Word]) -> list[Word]:
        """The words with synonyms replaced by their concept, longest phrases first."""
        found: list[Word] = []
        at = 0
        while at < len(words):
            length, concept = self._at(words, at)
            found.append(Word(words[at].plain, concept) if concept else words[at])
            at += length
        return found

    def _at(self, words: Sequence[Word], at: int) -> tuple[int, str]:
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            concept = self.concepts.get(tuple(word.stem for word in words[at : at + length]))
            if concept:
                return length, concept
        return 1, ""


@cache
def bundled() -> Thesaurus:
    """What comes with the bot."""
    text = files("chatbot.understanding").joinpath("thesaurus.yaml").read_text(encoding="utf-8")
    data: Any = yaml.safe_load(text)
    weak = frozenset(word.stem for line in data["weak"] for word in words_of_all(line.split()))
    concepts, plain = _gathered(data["groups"], {}, {})
    return Thesaurus(concepts=concepts, weak=weak, plain=plain)


def with_groups(groups: Iterable[Sequence[str]]) -> Thesaurus:
    """The bundled thesaurus and groups of one's own, which win."""
    base = bundled()
    concepts, plain = _gathered(groups, base.concepts, base.plain)
    return Thesaurus(concepts=concepts, weak=base.weak, plain=plain)


def words_of_all(texts: Iterable[str]) -> list[Word]:
    return [word for text in texts for word in words_of(text)]


def _gathered(
    groups: Iterable[Sequence[str]], concepts: Mapping[Key, str], plain: Mapping[str, str]
) -> tuple[dict[Key, str], dict[str, str]]:
    """Groups added to what is known; a group that names a known concept's word joins that concept."""
    found, written = dict(concepts), dict(plain)
    for group in groups:
        parts = [words_of(str(each)) for each in group]
        keys = [tuple(word.stem for word in words) for words in parts if 0 < len(words) <= LONGEST]
        concept = next((found[key] for key in keys if key in found), f"={group[0]}")
        for words, key in zip((part for part in parts if 0 < len(part) <= LONGEST), keys, strict=True):
            found.setdefault(key, concept)
            if len(words) == 1:
                written.setdefault(words[0].plain, concept)
    return found, written
