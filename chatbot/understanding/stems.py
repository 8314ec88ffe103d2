"""Words of a message as they are compared: English and Russian by their stems, Khmer cut into words by a library."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import khmercut
import snowballstemmer

from chatbot.words import BETWEEN, normalise

MAX_READ = 400
"""Characters of a message that are understood: a question, not a letter."""
KHMER = re.compile("[\u1780-\u17d3\u17dd-\u17df]+")
DIGITS = re.compile(r"\d+")
RUNS = re.compile("[\u1780-\u17d3\u17dd-\u17df]+|\\d+|[^\u1780-\u17d3\u17dd-\u17df\\d]+")

_cutting = threading.Lock()
"""The library has one tagger a process, and it is not made for threads."""
_own = threading.local()


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written (normalised) and its stem."""

    plain: str
    stem: str


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text, in their order."""
    parts = BETWEEN.sub(" ", normalise(text[:MAX_READ]).replace("ё", "е")).split()
    return tuple(Word(plain, stem(plain)) for plain in chain.from_iterable(map(_apart, parts)))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem by the script of the word; words of other scripts, and numbers, stand for themselves."""
    if "а" <= word[:1] <= "я":
        return str(_stemmer("russian").stemWord(word))
    if word.isascii() and word.isalpha():
        return str(_stemmer("english").stemWord(word))
    return word


def _apart(part: str) -> tuple[str, ...]:
    if part.isascii() and part.isalpha():
        return (part,)
    return tuple(chain.from_iterable(_cut(run) if KHMER.match(run) else (run,) for run in RUNS.findall(part)))


@lru_cache(maxsize=20_000)
def _cut(run: str) -> tuple[str, ...]:
    with _cutting:
        found: list[str] = khmercut.tokenize(run)
    return tuple(word for word in found if word.strip())


def _stemmer(language: str) -> Any:
    """One a thread: a stemmer keeps the word it is working on in itself."""
    stemmers: dict[str, Any] = _own.__dict__
    if language not in stemmers:
        stemmers[language] = snowballstemmer.stemmer(language)
    return stemmers[language]
