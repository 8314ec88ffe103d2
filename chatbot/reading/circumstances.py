"""Conditions on what the house has of a contact, and on what happens without a message."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import yaml

from chatbot.reading.hours import read_days
from chatbot.reading.reader import Reader
from chatbot.reading.spans import read_minutes
from chatbot.schedules import Schedule
from chatbot.words import same_words

MAX_SILENCE = 90 * 24 * 60
MAX_WITHIN = 366
CLOCK = re.compile(r"(?:(\S.*?)\s+)?([0-9]{1,2}):([0-9]{2})")
EVERY_DAY = frozenset(range(7))
PATH = re.compile(r"/\S{0,199}")


def same(reader: Reader, node: yaml.Node, *, of: str) -> frozenset[str]:
    """Names as they are compared."""
    return frozenset(filter(None, (same_words(word[:200]) for _, word in reader.words(node, of=of))))


def tags(reader: Reader, node: yaml.Node) -> frozenset[str]:
    return same(reader, node, of="tag")


def owners(reader: Reader, node: yaml.Node) -> frozenset[str]:
    return same(reader, node, of="owner")


def stages(reader: Reader, node: yaml.Node) -> frozenset[str]:
    """Stages by name; `none` stands for no open deal."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not nodes:
        reader.fault(node, "stage is empty", "name at least one, or leave it out")
    names = [_stage(reader, each) for each in nodes]
    return frozenset(filter(None, map(same_words, names)))


def _stage(reader: Reader, node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode) and node.value.strip() == "none":
        return "none"
    return reader.stage(node, of="a stage")


def lead(reader: Reader, node: yaml.Node) -> str:
    return reader.one_of(node, ("open", "none"), of="lead")


def pages(reader: Reader, node: yaml.Node) -> tuple[str, ...]:
    """Paths of a site; `*` stands for anything."""
    found: list[str] = []
    for place, word in reader.words(node, of="page"):
        if PATH.fullmatch(word):
            found.append(word.replace("[", "[[]"))
        else:
            reader.fault(
                place, f"`{word[:40]}` is not the path of a page", "write one such as /prices or /shop/*"
            )
    return tuple(found)


def silence(reader: Reader, node: yaml.Node) -> int:
    """Minutes."""
    return read_minutes(reader, node, of="silence", most=MAX_SILENCE)


def schedule(reader: Reader, node: yaml.Node) -> Schedule | None:
    """`09:00`, `mon-fri 09:00`, or the same as `at` beside `within`; by the clock of the first hours."""
    entries = (
        reader.entries(node, ("at", "within"), of="schedule")
        if isinstance(node, yaml.MappingNode)
        else {"at": node}
    )
    if "at" not in entries:
        reader.fault(node, "the schedule has no time", "add `at: mon-fri 09:00`")
        return None
    at = entries["at"]
    match = CLOCK.fullmatch(reader.word(at, of="schedule").lower())
    minute = int(match[2]) * 60 + int(match[3]) if match and int(match[3]) < 60 else 24 * 60
    if not match or minute >= 24 * 60:
        reader.fault(at, "the schedule is not a time", "write 09:00, mon 09:00 or mon-fri 09:00")
        return None
    days = (
        frozenset(day for part in match[1].split(",") for day in read_days(reader, at, part.strip()))
        if match[1]
        else EVERY_DAY
    )
    within = _within(reader, entries["within"]) if "within" in entries else 30
    zone = next((hours.zone for hours in reader.hours.values()), ZoneInfo("UTC"))
    return Schedule(days=days, minute=minute, zone=zone, within_days=within) if days else None


def _within(reader: Reader, node: yaml.Node) -> int:
    match = re.fullmatch(r"([0-9]{1,3}) *d", reader.word(node, of="within"))
    if match and 1 <= int(match[1]) <= MAX_WITHIN:
        return int(match[1])
    reader.fault(node, "within is not a number of days", f"write 30 d, at most {MAX_WITHIN} d")
    return 1
