"""The language of a message: by its script where that tells, by its little words where it does not."""

from __future__ import annotations

import re
from collections import Counter

from chatbot.words import BETWEEN, normalise

MAX_READ = 400
SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("km", re.compile("[\u1780-\u17ff]")),
    ("cyrillic", re.compile("[\u0400-\u04ff]")),
    ("latin", re.compile("[a-z\u00c0-\u024f\u1e00-\u1eff]")),
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("lo", re.compile("[\u0e81-\u0edf]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ar", re.compile("[\u0621-\u064a]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("el", re.compile("[\u0370-\u03ff]")),
)
CYRILLIC = ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg")
BY_LETTER: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("uk", re.compile("[іїєґ]")),
    ("be", re.compile("ў")),
    ("kk", re.compile("[әғқңұһ]")),
    ("sr", re.compile("[ђћџљњ]")),
)
VIETNAMESE = re.compile("[ăđơư\u1ea0-\u1ef9]")
NOT_LATIN = frozenset((*CYRILLIC, *(name for name, _ in SCRIPTS if len(name) == 2)))
ENGLISH = frozenset(
    ("the", "an", "is", "are", "am", "does", "did", "can", "could", "will", "would", "have", "has", "you", "your",
     "my", "we", "it", "this", "that", "what", "when", "where", "how", "which", "who", "and", "or", "but", "for",
     "to", "of", "in", "at", "with", "from", "please", "hello", "hi", "thanks", "want", "need", "any", "much")
)  # fmt: skip


def language_of(text: str, *, known: str, default: str) -> str:
    """The language a message is in; what was known where the message does not tell (`ok`, `123`, a photo)."""
    plain = normalise(text[:MAX_READ])
    counts = Counter({name: len(letters.findall(plain)) for name, letters in SCRIPTS})
    script, count = counts.most_common(1)[0]
    spoken = known.split("-")[0].lower()
    if not count:
        return spoken or default
    if counts["ja"] and script == "zh":
        return "ja"
    if script == "cyrillic":
        return _cyrillic(plain, spoken)
    return _latin(plain, spoken, default) if script == "latin" else script


def _cyrillic(plain: str, spoken: str) -> str:
    for language, letters in BY_LETTER:
        if letters.search(plain):
            return language
    return spoken if spoken in CYRILLIC else "ru"


def _latin(plain: str, spoken: str, default: str) -> str:
    """English is told from a name or a brand in the middle of another language by its little words."""
    if len(VIETNAMESE.findall(plain)) >= 2:
        return "vi"
    otherwise = spoken or default
    if otherwise not in NOT_LATIN:
        return otherwise
    words = BETWEEN.sub(" ", plain).split()
    return "en" if len(words) >= 2 and not ENGLISH.isdisjoint(words) else otherwise
