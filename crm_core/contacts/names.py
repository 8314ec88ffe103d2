"""Whether two names can be one person's: one address is used by families, shops and switchboards. Pure."""

from __future__ import annotations

import re
import unicodedata

from crm_core.normal import is_handle_like

LONGEST = 200
MOST_WORDS = 12
TITLE_WORDS = """
    mr mrs ms miss mx dr prof sir madam herr frau fraulein mme mlle monsieur madame senor senora sr sra don dona signor
    signora lok neak oknha bong г-н г-жа господин госпожа លោក លោកស្រី អ្នក អ្នកស្រី កញ្ញា jr ii iii"""
TITLES = frozenset(TITLE_WORDS.split())
BESIDE = re.compile(r"[(\[{<][^)\]}>]{0,200}[)\]}>]")
LETTERS = """
    а a б b в v г g ґ g д d е e ж zh з z и i і i є e к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh
    щ shch ъ - ы y ь - э e ю yu я ya"""
PAIRS = LETTERS.split()
CYRILLIC = {ord(letter): latin.strip("-") for letter, latin in zip(PAIRS[::2], PAIRS[1::2], strict=True)}
FOLDS = (
    ("ue", "u"),
    ("oe", "o"),
    ("ae", "a"),
    ("ph", "f"),
    ("kh", "h"),
    ("iy", "y"),
    ("ij", "y"),
    ("ii", "i"),
    ("ei", "y"),
    ("ey", "y"),
)


def is_other(said: str, known: str) -> bool:
    """Whether `said` is quite another name than `known`: no shorter, longer, turned round or differently spelt form of it.

    Nothing that is no name (an address, a number, empty) is another name.
    """
    if is_handle_like(said) or is_handle_like(known):
        return False
    fewer, more = sorted((_words(said), _words(known)), key=len)
    if not fewer or "".join(fewer) == "".join(more) or _is_short_for(fewer, more):
        return False
    return not _all_found(fewer, more)


def _words(name: str) -> list[str]:
    """The words of a name in one spelling, titles and what stands in brackets left out where a name remains."""
    short = name[:LONGEST]
    bare = BESIDE.sub(" ", short)
    words = _split(bare) or _split(short)
    return [word for word in words if word not in _TITLES] or words


def _split(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold().translate(CYRILLIC)
    kept = "".join(_plain(char) for char in plain)
    return [_folded(word) for word in kept.split() if any(char.isalpha() for char in word)][:MOST_WORDS]


def _plain(char: str) -> str:
    """Accents over Latin letters go; the vowel signs of other scripts are part of the name."""
    if char.isalnum() or char in "'’ʼ":
        return "" if char in "'’ʼ" else char
    category = unicodedata.category(char)
    if category.startswith("M"):
        return "" if char < "\u0370" else char
    return "" if category == "Cf" else " "


def _folded(word: str) -> str:
    for long, short in FOLDS:
        word = word.replace(long, short)
    return word


def _all_found(fewer: list[str], more: list[str]) -> bool:
    """Every word of the shorter name is one of the longer's, each used once."""
    left = list(more)
    for word in sorted(fewer, key=len, reverse=True):
        found = next((other for other in left if word == other), None) or next(
            (other for other in left if _is_alike(word, other)), None
        )
        if found is None:
            return False
        left.remove(found)
    return True


def _is_alike(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    if len(short) == 1:
        return long.startswith(short)
    return len(short) >= 5 and _is_one_slip(short, long)


def _is_one_slip(short: str, long: str) -> bool:
    """One letter more, less or another inside; first and last letters tell Maria from Daria and Daniel from Daniela."""
    if len(long) - len(short) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    is_inside = 0 < at < len(short) - 1
    return is_inside and (short[at:] == long[at + 1 :] or short[at + 1 :] == long[at + 1 :])


def _is_short_for(fewer: list[str], more: list[str]) -> bool:
    """`aberg` and `annab` for Anna Berg."""
    if len(fewer) != 1 or len(more) != 2:
        return False
    first, last = more
    return fewer[0] in {first[0] + last, first + last[0], last + first[0], last + first, last[0] + first}


_TITLES = frozenset(word for title in TITLES for word in _split(title))
