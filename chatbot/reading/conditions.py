"""The `when:` of a rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from chatbot.patterns import BadPattern, Pattern, compile_pattern
from chatbot.reading import circumstances
from chatbot.reading.reader import FALSE, TRUE, Reader
from chatbot.reading.texts import read_language
from chatbot.when import When
from chatbot.words import Keywords, keywords, same_words

KINDS = ("message", "form", "missed_call", "command")
MAX_KEYWORD = 100
MAX_EXAMPLE = 200
ANYTHING = "anything"
EVENTS = ("silence", "stage_entered", "schedule", "visits")
COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")


def read_when(reader: Reader, node: yaml.Node) -> When:
    """The conditions; `anything` alone matches every turn."""
    if isinstance(node, yaml.ScalarNode):
        reader.one_of(node, (ANYTHING,), of="`when`")
        return When()
    entries = reader.entries(node, tuple(READERS), of="`when`")
    if not entries and not reader.problems:
        reader.fault(node, "`when` asks nothing", "write `when: anything`, or at least one condition")
    given: dict[str, Any] = {}
    for key, value in entries.items():
        field, read = READERS[key]
        given[field] = read(reader, value)
    when = When(**given)
    _check_event(reader, node, entries, when)
    return when


def _check_event(reader: Reader, node: yaml.Node, entries: dict[str, yaml.Node], when: When) -> None:
    """A rule waits for one thing, and for nothing that only a message can have."""
    events = [key for key in EVENTS if key in entries]
    if len(events) > 1 or (events and when.kinds):
        other = events[1] if len(events) > 1 else "kind"
        reader.fault(node, f"one rule waits for both `{events[0]}` and `{other}`", "make two rules of it")
    elif when.event and when.is_about_content:
        reader.fault(
            node,
            "nothing is written when this happens",
            "remove keywords, pattern, examples, choice and command",
        )
    if "missed_call" in when.kinds and len(when.kinds) > 1:
        reader.fault(
            entries["kind"], "a missed call is no message", "make a rule of its own for `kind: missed_call`"
        )


def _first_contact(reader: Reader, node: yaml.Node) -> bool | None:
    return reader.flag(node, of="first_contact")


def _kinds(reader: Reader, node: yaml.Node) -> frozenset[str]:
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return frozenset(filter(None, (reader.one_of(each, KINDS, of="kind") for each in nodes)))


def _channels(reader: Reader, node: yaml.Node) -> frozenset[str]:
    return frozenset(word for _, word in reader.words(node, of="channel"))


def _languages(reader: Reader, node: yaml.Node) -> frozenset[str]:
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return frozenset(filter(None, (read_language(reader, each) for each in nodes)))


def _choices(reader: Reader, node: yaml.Node) -> frozenset[str]:
    return frozenset(word for _, word in reader.words(node, of="choice"))


def _returning(reader: Reader, node: yaml.Node) -> bool | None:
    return reader.flag(node, of="returning")


def _names(reader: Reader, node: yaml.Node) -> frozenset[str]:
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return frozenset(filter(None, (reader.name(each, of="the field") for each in nodes)))


def _fields(reader: Reader, node: yaml.Node) -> tuple[tuple[str, frozenset[str]], ...]:
    """Field -> the values that fit."""
    found: list[tuple[str, frozenset[str]]] = []
    for name, each in reader.entries(node, of="fields").items():
        values = frozenset(same_words(word) for _, word in reader.words(each, of=f"field `{name[:60]}`"))
        found.append((name, values))
    return tuple(found)


def _commands(reader: Reader, node: yaml.Node) -> frozenset[str]:
    found: set[str] = set()
    for place, word in reader.words(node, of="command"):
        if COMMAND.fullmatch(word.lower()):
            found.add(word.lower().removeprefix("/"))
        else:
            reader.fault(place, f"`{word[:40]}` is not a command", "write one such as /start")
    return frozenset(found)


def _in_hours(reader: Reader, node: yaml.Node) -> tuple[str, bool] | None:
    """true, false, a name of hours, or `not <name>`."""
    value = reader.word(node, of="in_hours")
    if value.lower() in TRUE or value.lower() in FALSE:
        return "", value.lower() in TRUE
    wanted = not value.startswith("not ")
    name = value if wanted else value.removeprefix("not ").strip()
    if name:
        reader.hours_used.append((node, name))
    return (name, wanted) if name else None


def _keywords(reader: Reader, node: yaml.Node) -> Keywords | None:
    """A list of keywords, or a list per language (all of them are heard whatever the language)."""
    written: list[str] = []
    for each in _of_all_languages(reader, node):
        for place, word in reader.words(each, of="keywords"):
            found = keywords([word])
            if len(word) > MAX_KEYWORD or not found.names:
                reader.fault(place, f"`{word[:40]}` is not a keyword", "write a word or a short phrase")
            elif word.rstrip().endswith("*") and len(next(iter(found.names)).strip()) < 2:
                reader.fault(
                    place, f"`{word[:40]}` would match too much", "write at least two letters before *"
                )
            else:
                written.append(word)
    return keywords(written) if written else None


def _examples(reader: Reader, node: yaml.Node) -> tuple[str, ...]:
    """What people may write, a list or a list per language; what it means counts, not the very words."""
    found: dict[str, None] = {}
    for each in _of_all_languages(reader, node):
        for place, phrase in reader.words(each, of="examples"):
            if len(phrase) > MAX_EXAMPLE or not same_words(phrase):
                reader.fault(place, f"`{phrase[:40]}` is not an example", "write a short sentence")
            else:
                found[phrase] = None
    return tuple(found)


def _of_all_languages(reader: Reader, node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return [node]
    for key, _ in node.value:
        read_language(reader, key)
    return [value for _, value in node.value]


def _patterns(reader: Reader, node: yaml.Node) -> tuple[Pattern, ...]:
    found: list[Pattern] = []
    for place, written in reader.words(node, of="pattern"):
        try:
            found.append(compile_pattern(written))
        except BadPattern as error:
            reader.fault(place, error.what, error.remedy)
    return tuple(found)


READERS: dict[str, tuple[str, Callable[[Reader, yaml.Node], Any]]] = {
    "first_contact": ("first_contact", _first_contact),
    "returning": ("returning", _returning),
    "knows": ("knows", _names),
    "lacks": ("lacks", _names),
    "fields": ("fields", _fields),
    "kind": ("kinds", _kinds),
    "channel": ("channels", _channels),
    "language": ("languages", _languages),
    "in_hours": ("in_hours", _in_hours),
    "choice": ("choices", _choices),
    "keywords": ("keywords", _keywords),
    "pattern": ("patterns", _patterns),
    "examples": ("examples", _examples),
    "command": ("commands", _commands),
    "tag": ("tags", circumstances.tags),
    "no_tag": ("no_tags", circumstances.tags),
    "owner": ("owners", circumstances.owners),
    "stage": ("stages", circumstances.stages),
    "lead": ("lead", circumstances.lead),
    "deal": ("deal", _fields),
    "page": ("pages", circumstances.pages),
    "visits": ("visited", circumstances.pages),
    "silence": ("silence", circumstances.silence),
    "stage_entered": ("stage_entered", circumstances.stages),
    "schedule": ("schedule", circumstances.schedule),
}
