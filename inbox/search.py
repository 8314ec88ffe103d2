"""Words of a text for the search index, in any script.

Where a script puts no spaces between words (Khmer, Thai, Lao, Burmese, Chinese, Japanese) a run is cut into overlapping
pairs of letters, so that any word inside it is found.
"""

from __future__ import annotations

import re
import unicodedata

MAX_TEXT = 20_000
MAX_WORDS = 2_000
MAX_WORD = 60

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
ASCII_WORD = re.compile(r"[a-z0-9]+")
INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])


def words(*texts: str) -> list[str]:
    """Distinct words of the texts, case folded; at most MAX_WORDS."""
    found: dict[str, None] = {}
    for text in texts:
        folded = text[:MAX_TEXT]
        if folded.isascii():
            for word in ASCII_WORD.findall(folded.lower()):
                found[word[:MAX_WORD]] = None
        else:
            _collect(folded, found)
        if len(found) >= MAX_WORDS:
            break
    return list(found)[:MAX_WORDS]


def query(text: str) -> str:
    """A tsquery text that finds all words of `text`, each as a prefix; empty when there is nothing to look for."""
    return " & ".join(f"'{word}':*" for word in words(text)[:12])


def _collect(text: str, found: dict[str, None]) -> None:
    folded = unicodedata.normalize("NFC", text).translate(INVISIBLE).casefold()
    for word in "".join(char if _is_part(char) else " " for char in folded).split():
        at = 0
        for run in UNSPACED.finditer(word):
            _add(word[at : run.start()], found)
            _add_pairs(run.group(), found)
            at = run.end()
        _add(word[at:], found)


def _is_part(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def _add(word: str, found: dict[str, None]) -> None:
    if word:
        found[word[:MAX_WORD]] = None


def _add_pairs(run: str, found: dict[str, None]) -> None:
    if len(run) == 1:
        found[run] = None
    for n in range(len(run) - 1):
        found[run[n : n + 2]] = None
