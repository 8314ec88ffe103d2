"""How exchanges write that a caller does not show a number, in whatever words and languages. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from values.phones import NOBODY, bare

LONGEST = 320
FEWEST_DIGITS = 5
CODES = frozenset(code.lstrip("+") for code in NOBODY)
HOST = re.compile(
    r"[^@\s]*@(?:anonymous|unknown|private|withheld|restricted|unavailable|[a-z0-9.-]*\.invalid)\b.*", re.I
)
WORDS = """
    anonym unknown unknwn unidentif privat privad privé withheld withhold restrict unavail notavail block hidden hide secret
    suppress noname nonumber nocallerid callerid nocid noid noclid nonum clir outofarea outofservicearea payphone coinphone
    null none undefined notprovided notshown nodata unterdr unbekan geheim verborg afgescher ocult desconoc restring
    inconnu masqu caché sconosc nascost riservat nieznan zastrze ukryt neznam skryt utajen tajn ismeretlen rejtett
    necunoscut ascuns okänd hemlig skjult ukendt ukjent hemmelig tuntematon salain salattu bilinmeyen gizli nepoznat
    skriven neznan nezinam slept nežinom slaptas tundmatu varjatud khongxacdinh khongro andanh taktdiketahui tidakdikenal
    tidakdiketahui disembunyikan rahasia neizvest zasekre asterisk
"""
STEMS = tuple(
    unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode() for stem in WORDS.split()
)
WHOLE = frozenset(
    {"na", "cnam", "anon", "priv", "guest", "noone", "nobody", "caller", "nil", "empty", "void"}
)
NAMELESS_WORDS = """
    anonymous unknown caller private number withheld restricted unavailable wireless mobile cell cellular phone name id no
    not toll free out of area line voip service blocked hidden none null
"""
NAMELESS = frozenset(NAMELESS_WORDS.split())
"""Words that exchanges put where the caller's name should be."""


@lru_cache(maxsize=20_000)
def is_withheld(raw: str) -> bool:
    """Whether this is no number and no extension: nothing, noughts alone, words, or the digits that words become.

    One plain Latin word that says nothing of the kind may be the name of a telephone of ours, and is none.
    """
    said = bare(raw[:LONGEST])
    if HOST.fullmatch(said):
        return not any(char.isdigit() for char in said.partition("@")[0]) or said.lower().startswith("anonym")
    word = unicodedata.normalize("NFKD", said.partition("@")[0]).casefold()
    digits = "".join(char for char in word if char.isdigit())
    letters = "".join(char for char in word if char.isalpha())
    if digits and not letters:
        return not digits.strip("0") or digits in CODES
    if not digits and (not letters or not letters.isascii() or " " in said or letters in WHOLE):
        return True
    return len(digits) < FEWEST_DIGITS and any(stem in letters for stem in STEMS)


def is_nameless(name: str) -> bool:
    """Whether a caller's name is none: an exchange's words for not knowing it."""
    words = "".join(char if char.isalpha() else " " for char in name.casefold()).split()
    return all(word in NAMELESS for word in words)
