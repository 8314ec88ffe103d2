"""Lines such as "On …, Ann wrote:" above a quotation: over how many they run, and what was written before them. Pure, linear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from connectors.email.quoted.html_text import Line
from connectors.email.quoted.phrases import OPENERS, VERB_AMID, VERB_FIRST, WROTE
from connectors.email.quoted.text_headers import DAY, RULE, TIME, YEAR

LONG: Final = 400
COLONS: Final = " :：៖"
SIGNED: Final = re.compile(r"<[^<>]{3,200}@[^<>]{3,200}>\s{0,3}[:：៖]\Z")
STAMP: Final = 160
NUMBER: Final = re.compile(r"\d{1,8}")
ADDRESS: Final = re.compile(r"\A\(?<[^<>\s]{3,200}@[^<>\s]{3,200}>")
OVER: Final = 5
"""Lines that an attribution takes at most, when a program broke it."""
PIECES: Final = 10
"""Those that it takes where a program put its address into links of their own."""
PIECE: Final = re.compile(r"[<>@]|mailto:")
TOKEN: Final = re.compile(r"(?<=[\s–—-])(?:[^\W\d_]{1,12}|\d{1,4})(?=[\s.,/年-])")
TOKENS: Final = 40
TRIES: Final = 3
"""Words of a line at which an attribution is looked for."""
ENDED: Final = re.compile(r"[^\W\d_]{4,}[.!?…]+[\"')»”]*\Z")
BREAK: Final = (".", "!", "?", "…", ":", ")", "-", "–", "—", "。", "！", "？", "😊", "🙂", "👍", ";", ",")


def is_attribution(text: str, *, quoted_next: bool) -> bool:
    """Whether a line (or a few, joined) says who wrote what follows, and when."""
    ruled = text.startswith("--")
    text = text.strip(RULE)
    if not 6 < len(text) <= LONG:
        return False
    lower = text.rstrip(COLONS).lower()
    if text[-1] not in COLONS + ">" and not ((ruled or "@" in text) and lower.endswith(WROTE)):
        return False
    ends = lower.endswith(WROTE)
    amid = "@" in text and any(f" {word} " in lower for word in VERB_AMID)
    verb = ends or amid or any(f" {word} " in f" {lower} " for word in VERB_FIRST)
    dated = bool("@" in text or is_dated(text))
    if verb:
        return dated or (quoted_next and ends)
    if lower and SIGNED.search(text) and TIME.search(text):
        return True
    if not quoted_next or not dated:
        return False
    return _first_word(lower) in OPENERS or _is_stamp(text)


def is_dated(text: str) -> bool:
    return bool(TIME.search(text) or YEAR.search(text))


def attribution_at(lines: Sequence[Line], i: int) -> int:
    """Over how many lines an attribution runs that begins here; 0 for none."""
    first = lines[i].text.strip(" *_")
    if not first or lines[i].quoted or len(first) > LONG:
        return 0
    if is_attribution(first, quoted_next=followed_by_quote(lines, i + 1)):
        return 1
    if not _may_begin(first, lines[i + 1].text.strip() if i + 1 < len(lines) else ""):
        return 0
    return _over_lines(lines, i, first) or _in_pieces(lines, i, first)


def followed_by_quote(lines: Sequence[Line], i: int) -> bool:
    return any(line.quoted for line in [line for line in lines[i : i + 4] if line.text.strip()][:1])


def parted(lines: Sequence[Line], i: int) -> tuple[str, str]:
    """What was written on an attribution's line before it, and the attribution's part; two empty texts where nothing was."""
    text = lines[i].text
    if lines[i].quoted or len(text) > 2 * LONG or not is_dated(text):
        return "", ""
    tries = TRIES
    tokens = TOKEN.finditer(text, 0, _told_from(text))
    for found in [each for each in tokens if each[0].isdigit() or each[0].lower() in OPENERS][-TOKENS:]:
        before, rest = text[: found.start()].rstrip(), text[found.start() :]
        if tries and _begins_amid(found[0], before, rest):
            tries -= 1
            if attribution_at([Line(text=rest), *lines[i + 1 : i + OVER]], 0):
                return before.rstrip(" -–—_*"), rest
    return "", ""


def _told_from(text: str) -> int:
    """Where the first date or address of a line stands, before which an attribution has to begin."""
    found = [match.end() for match in (TIME.search(text), YEAR.search(text)) if match]
    at = text.find("@")
    return min([*found, at if at >= 0 else len(text)])


def _begins_amid(word: str, before: str, rest: str) -> bool:
    """Whether an attribution may begin at this word of a line: after a sentence or a rule, or with a capital."""
    words = before.strip(RULE)
    if not any(map(str.isalpha, words)) or not any(map(str.isdigit, rest[:25])):
        return False
    if before.endswith(BREAK[:-1]):
        return word.lower() in OPENERS or DAY.match(rest) is not None
    return word.lower() in OPENERS and word[0].isupper() and _first_word(words.lower()) not in OPENERS


def _first_word(lower: str) -> str:
    return lower.split(" ", 1)[0].strip(",.")


def _is_stamp(text: str) -> bool:
    """A date and somebody's name or address just above a quotation, in whatever language."""
    if len(text) > STAMP:
        return False
    numbers = len(NUMBER.findall(text[:STAMP]))
    return bool(YEAR.search(text)) and (numbers > 1 or "@" in text)


def _may_begin(first: str, below: str) -> bool:
    """Whether an attribution that goes on in the next line may begin like this: a date, not a sentence that happens to
    begin with such a word."""
    lower = first.lower()
    if _first_word(lower) in OPENERS or first[0].isdigit():
        if ENDED.search(first) and not is_dated(first):
            return False
        return any(map(str.isdigit, first)) or len(first.split()) < 5
    if _has_verb(lower):
        return "@" in first or is_dated(first)
    return bool(ADDRESS.match(below)) and len(first) < STAMP and not ENDED.search(first)


def _has_verb(lower: str) -> bool:
    return any(f" {word} " in f"{lower} " for word in (*VERB_FIRST, *VERB_AMID))


def _over_lines(lines: Sequence[Line], i: int, first: str) -> int:
    joined = first
    for count in range(2, OVER):
        line = lines[i + count - 1] if i + count <= len(lines) else None
        if line is None or not line.text.strip() or (line.quoted and count > 2):
            return 0
        joined = f"{joined} {line.text.strip(' *_')}"
        if is_attribution(joined, quoted_next=followed_by_quote(lines, i + count)):
            return 0 if _begins_later(lines, i, count) else count
    return 0


def _begins_later(lines: Sequence[Line], i: int, count: int) -> bool:
    """Whether the attribution that ends here begins in a line below: then the one above is the writer's own."""
    first = lines[i].text
    if len(first.split()) < 4 or ("@" in first and _has_verb(first.lower())):
        return False
    for start in range(i + 1, i + count):
        text = " ".join(line.text.strip(" *_") for line in lines[start : i + count])
        opened = _first_word(text.lower()) in OPENERS or bool(DAY.match(text))
        if (
            opened
            and is_dated(text)
            and is_attribution(text, quoted_next=followed_by_quote(lines, i + count))
        ):
            return True
    return False


def _in_pieces(lines: Sequence[Line], i: int, first: str) -> int:
    """Short pieces of an address with empty lines between, and the verb at last (which may stand behind a ">")."""
    joined = first
    if not is_dated(first):
        return 0
    for count in range(2, PIECES):
        if i + count > len(lines):
            return 0
        text = lines[i + count - 1].text.strip(" *_")
        if not text:
            continue
        verb = text.rstrip(COLONS).lower().endswith(WROTE)
        if len(text) > STAMP or not (verb or PIECE.search(text)):
            return 0
        joined = f"{joined} {text}"
        if verb and is_attribution(joined, quoted_next=True):
            return count
    return 0
