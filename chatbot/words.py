"""Text as it is compared: one form for every way of writing the same words, and keywords in any script."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MAX_HEARD = 2_000
"""Characters of a message that are looked at."""

INVISIBLE = re.compile("[\xad\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
"""Characters that show nothing, and lone surrogates."""
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
"""Scripts that write no space between words: Thai, Lao, Tibetan, Burmese, Khmer, Japanese, Chinese."""


def _marks() -> str:
    points = (
        chr(point) for point in range(0x300, min(sys.maxunicode, 0xFFFF)) if not 0xD800 <= point < 0xE000
    )
    return "".join(char for char in points if unicodedata.category(char)[0] == "M")


BETWEEN = re.compile(f"[^\\w{_marks()}]+")
"""What separates words. Python's own word class splits at the vowel signs of many scripts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message prepared for comparing: `plain` for patterns, `padded` words, and `squashed` without any space."""

    plain: str
    padded: str
    words: frozenset[str]
    squashed: str

    @classmethod
    def of(cls, text: str) -> Heard:
        plain = normalise(text[:MAX_HEARD])
        words = BETWEEN.sub(" ", plain).split()
        return cls(
            plain=plain,
            padded=f" {' '.join(words)} ",
            words=frozenset(words),
            squashed="" if plain.isascii() else "".join(words),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords:
    """Keywords by the way they are found; `names` gives back what was written in the rules."""

    words: frozenset[str]
    phrases: tuple[str, ...]
    pieces: tuple[str, ...]
    names: dict[str, str]

    def find(self, heard: Heard) -> str:
        """The keyword that occurs in what was heard, as it is written in the rules; empty for none."""
        if not self.words.isdisjoint(heard.words):
            return self.names[min(self.words & heard.words)]
        for phrase in self.phrases:
            if phrase in heard.padded:
                return self.names[phrase]
        if heard.squashed:
            for piece in self.pieces:
                if piece in heard.squashed:
                    return self.names[piece]
        return ""


def keywords(written: Iterable[str]) -> Keywords:
    """Sort keywords: whole words, phrases and beginnings (`price*`), and pieces in scripts without spaces."""
    words: set[str] = set()
    phrases: list[str] = []
    pieces: list[str] = []
    names: dict[str, str] = {}
    for name in written:
        parts = BETWEEN.sub(" ", normalise(name)).split()
        if not parts:
            continue
        key, kind = _key(parts, begins=name.rstrip().endswith("*"))
        names.setdefault(key, name)
        {"word": words.add, "phrase": phrases.append, "piece": pieces.append}[kind](key)
    return Keywords(words=frozenset(words), phrases=tuple(phrases), pieces=tuple(pieces), names=names)


def normalise(text: str) -> str:
    """NFC, no invisible characters, case folded, no lone surrogates."""
    if text.isascii():
        return text.lower()
    return _composed(_composed(INVISIBLE.sub("", text)).casefold())


def _composed(text: str) -> str:
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def same_words(text: str) -> str:
    """Text reduced to its words, for comparing short answers with labels."""
    return " ".join(BETWEEN.sub(" ", normalise(text)).split())


def _key(parts: list[str], *, begins: bool) -> tuple[str, str]:
    if any(UNSPACED.search(part) for part in parts):
        return "".join(parts), "piece"
    if begins:
        return f" {' '.join(parts)}", "phrase"
    if len(parts) == 1:
        return parts[0], "word"
    return f" {' '.join(parts)} ", "phrase"
