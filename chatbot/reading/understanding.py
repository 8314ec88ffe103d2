"""The `understanding:` and `synonyms:` sections."""

from __future__ import annotations

import re

import yaml

from chatbot.meaning import MARGIN, THRESHOLD
from chatbot.reading.reader import Reader
from chatbot.reading.texts import read_text
from chatbot.rules import Understanding
from chatbot.words import same_words

KEYS = ("threshold", "margin", "did_you_mean")
SHARE = re.compile(r"0(\.[0-9]{1,4})?|1(\.0{1,4})?")
MAX_GROUPS = 5_000


def read_understanding(reader: Reader, node: yaml.Node | None) -> Understanding:
    """How sure the bot must be; what is not written is as measured."""
    entries = reader.entries(node, KEYS, of="understanding") if node else {}
    return Understanding(
        threshold=_share(reader, entries.get("threshold"), THRESHOLD, of="threshold"),
        margin=_share(reader, entries.get("margin"), MARGIN, of="margin"),
        did_you_mean=read_text(reader, entries["did_you_mean"], of="did_you_mean")
        if "did_you_mean" in entries
        else None,
    )


def read_synonyms(reader: Reader, node: yaml.Node | None) -> list[list[str]]:
    """Groups of words that mean the same, each a list."""
    groups: list[list[str]] = []
    for each in reader.items(node, of="synonyms") if node else ():
        words = [word for place, word in reader.words(each, of="synonyms") if _is_word(reader, place, word)]
        if len(words) == 1:
            reader.fault(each, "a group of synonyms has one word", "name at least two: `[sofa, couch]`")
        elif words:
            groups.append(words)
    if node and len(groups) > MAX_GROUPS:
        reader.fault(node, f"there are more than {MAX_GROUPS} groups of synonyms", "remove some")
    return groups


def _is_word(reader: Reader, node: yaml.Node, word: str) -> bool:
    if len(word) <= 60 and 1 <= len(same_words(word).split()) <= 4:
        return True
    reader.fault(node, f"`{word[:40]}` is not a synonym", "write a word or a short phrase")
    return False


def _share(reader: Reader, node: yaml.Node | None, otherwise: float, *, of: str) -> float:
    if node is None:
        return otherwise
    value = reader.word(node, of=of)
    if not SHARE.fullmatch(value):
        reader.fault(node, f"{of} is `{value[:40]}`", "write a number from 0 to 1, such as 0.4")
        return otherwise
    return float(value)
