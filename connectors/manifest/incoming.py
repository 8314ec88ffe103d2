"""The part of a manifest that says what an event becomes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import yaml

from connectors.contract import Change, ReceiptState, Step, Trust
from connectors.manifest.expressions import ask
from connectors.manifest.model import Ask, Case, Root
from connectors.manifest.names import EVENT, ITEM
from connectors.manifest.reading import Reader
from connectors.manifest.values import convert

PERSON = ("kind", "value", "name", "trust", "evidence", "language")
ATTACHMENT = ("each", "url", "ref", "name", "mime", "size", "note", "content", "content_id")
FIELD = ("each", "all", "name", "value")
SOURCE = ("page", "referrer", "landing_page", "utm")
KINDS: dict[str, tuple[str, ...]] = {
    "message": (
        "id", "sender", "also", "text", "html", "subject", "at", "thread", "references", "choice", "attachments", "kind",
        "machine", "outbound", "fields", "source", "answer",
    ),
    "revision": ("id", "change", "sender", "also", "at", "text", "html", "reactions", "thread", "outbound"),
    "notice": ("key", "sender", "also", "at", "text", "thread", "reachable", "refuses", "becomes", "moves_to"),
    "call": (
        "call_id", "key", "step", "at", "caller", "also", "number", "user", "duration", "outcome", "recording_url",
        "recording_ref", "outbound", "leg",
    ),
    "receipt": ("id", "state", "at", "reason"),
    "presence": ("sender", "also", "what", "thread"),
    "alarm": ("text",),
}  # fmt: skip
NEEDED = {
    "message": ("id", "sender"),
    "revision": ("id", "change", "sender"),
    "notice": ("key", "sender", "text"),
    "call": ("call_id", "step", "caller"),
    "receipt": ("id", "state"),
    "presence": ("sender",),
    "alarm": ("text",),
}
ANSWER = ("within", "once", "with")
WORDS: dict[str, tuple[str, ...]] = {
    "step": tuple(Step),
    "state": (*ReceiptState, "ignored"),
    "trust": tuple(Trust),
    "outcome": ("answered", "missed", "busy", "voicemail", "failed", "unknown"),
    "machine": ("auto-reply", "bounce", "list", "own", "bot"),
    "change": tuple(Change),
}
STRICT = ("step", "state", "change")
FORMATTED = {"at": "time", "duration": "span", "outbound": "flag", "reachable": "flag", "refuses": "flag"}


People = tuple[Mapping[str, Ask], ...]


def read_cases(
    reader: Reader, node: yaml.Node | None, *, people: yaml.Node | None = None
) -> tuple[Case, ...]:
    """The cases in their order; the first that holds decides. `people` are those that several cases name by `like`."""
    named = {
        name: _named_person(reader, item)
        for name, item in reader.mapping(people, None, what="people").items()
    }
    found = [_case(reader, item, named) for item in reader.items(node, what="cases")]
    return tuple(case for case in found if case)


def _named_person(reader: Reader, node: yaml.Node) -> People:
    if isinstance(node, yaml.ScalarNode):
        return (_parts(reader, node, PERSON, what="a person"),)
    entries = reader.mapping(node, (*PERSON, "also"), what="a person", needs=("value",))
    also = reader.items(entries.pop("also", None), what="also")
    first = _asks(reader, entries, names=EVENT)
    return (first, *(_parts(reader, item, PERSON, what="a person", needs=("value",)) for item in also))


def _case(reader: Reader, node: yaml.Node, named: Mapping[str, People]) -> Case | None:
    parts = reader.mapping(node, ("if", "ignore", *KINDS), what="a case")
    kinds = [name for name in (*KINDS, "ignore") if name in parts]
    condition = ask(reader, parts.get("if"), what="if", names=EVENT)
    if len(kinds) != 1:
        reader.fault(node, "A case makes exactly one thing.", f"Give one of {', '.join((*KINDS, 'ignore'))}.")
        return None
    kind = kinds[0]
    if kind == "ignore":
        reason = reader.text(parts[kind], what="ignore")
        if not reason.strip():
            reader.fault(parts[kind], "ignore needs a reason.", "Say why, for whoever reads the journal.")
        reader.texts.append(reason)
        return Case(condition=condition, kind=kind, reason=reason)
    entries = reader.mapping(parts[kind], KINDS[kind], what=kind, needs=NEEDED[kind])
    if kind in ("notice", "alarm"):
        _keep_texts(reader, entries.get("text"))
    answer = reader.mapping(entries.pop("answer", None), ANSWER, what="answer")
    people = _people(reader, entries, named)
    attachments = reader.items(entries.pop("attachments", None), what="attachments")
    answers, source = entries.pop("fields", None), entries.pop("source", None)
    becomes = entries.pop("becomes", None)
    return Case(
        condition=condition,
        kind=kind,
        fields={name: made for name, entry in entries.items() if (made := _field(reader, name, entry))},
        people=people,
        attachments=tuple(_attachment(reader, item) for item in attachments),
        answers=_answers(reader, answers),
        source=_source(reader, source),
        becomes=_parts(reader, becomes, PERSON, what="a person", needs=("value",)) if becomes else {},
        **_answer(reader, answer),
    )


def _keep_texts(reader: Reader, node: yaml.Node | None) -> None:
    """Sentences of ours that people read."""
    if isinstance(node, yaml.MappingNode):
        said = reader.plain(node)
        reader.texts.extend(str(said[name]) for name in ("const", "default") if name in said)
        reader.texts.extend(said.get("map") or ())


def _answer(reader: Reader, parts: Mapping[str, yaml.Node]) -> dict[str, Any]:
    """What an answer to the message may carry back (`with`), for how many seconds, and whether one answer alone."""
    if not parts:
        return {}
    for name in ("within", "with"):
        if name not in parts:
            reader.fault(next(iter(parts.values())), f"answer has no {name}.", f"Add `{name}:`.")
    fields = {
        name: made
        for name, part in reader.mapping(parts.get("with"), None, what="with").items()
        if (made := ask(reader, part, what=f"with, {name}", names=EVENT))
    }
    reader.answers.update(fields)
    within = reader.number(parts.get("within"), what="within", default=60, minimum=1, maximum=30 * 86_400)
    return {
        "answer": fields,
        "answer_within": within,
        "answer_once": reader.flag(parts.get("once"), what="once", default=True),
    }


def _people(reader: Reader, entries: dict[str, yaml.Node], named: Mapping[str, People]) -> People:
    """The one who wrote or called, and their further handles."""
    person = entries.pop("sender", None) or entries.pop("caller", None)
    also = reader.items(entries.pop("also", None), what="also")
    rest = tuple(_parts(reader, item, PERSON, what="a person", needs=("value",)) for item in also)
    if person is None:
        return rest
    if isinstance(person, yaml.MappingNode) and [key.value for key, _ in person.value] == ["like"]:
        node = person.value[0][1]
        name = reader.text(node, what="like")
        if name not in named:
            reader.unknown(node, name, named, what="like: the person")
        return (*named.get(name, ({},)), *rest)
    return (_parts(reader, person, PERSON, what="a person", needs=("value",)), *rest)


def _answers(reader: Reader, node: yaml.Node | None) -> tuple[Mapping[str, Ask], ...]:
    """Further answers: `name` and `value`, for each of a list, or `all` of an object."""
    found: list[Mapping[str, Ask]] = []
    for item in reader.items(node, what="fields"):
        entries = reader.mapping(item, FIELD, what="a field")
        if ("all" in entries) == ("name" in entries) or ("name" in entries) != ("value" in entries):
            reader.fault(item, "A field is `name` and `value`, or `all` of an object.", "Give either.")
        found.append(_asks(reader, entries, names=ITEM, outside=("each",)))
    return tuple(found)


def _source(reader: Reader, node: yaml.Node | None) -> Mapping[str, Ask]:
    """Where a request came from; the marks of `utm` have any name."""
    entries = reader.mapping(node, SOURCE, what="source")
    marks = reader.mapping(entries.pop("utm", None), None, what="utm")
    found = dict(_asks(reader, entries, names=EVENT))
    for name, part in marks.items():
        if made := ask(reader, part, what=f"utm, {name}", names=EVENT):
            found[f"utm.{name}"] = made
    return found


def _field(reader: Reader, name: str, node: yaml.Node) -> Ask | None:
    asked = ask(reader, node, what=name, names=EVENT, words=WORDS.get(name, ()), strict=name in STRICT)
    formats = isinstance(node, yaml.MappingNode) and any(key.value == "format" for key, _ in node.value)
    if asked is None or formats or name not in FORMATTED:
        return asked
    return partial(_formatted, asked, FORMATTED[name], name)


def _formatted(asked: Ask, format_: str, name: str, root: Root) -> Any:
    """A field with a natural format that the manifest did not name."""
    return convert(asked(root), format_, name=name)


def _attachment(reader: Reader, node: yaml.Node) -> Mapping[str, Ask]:
    made = _parts(reader, node, ATTACHMENT, what="an attachment")
    if not {"url", "ref", "content"} & set(made):
        reader.fault(node, "An attachment has neither url, ref nor content.", "Add one of them.")
    return made


def _parts(
    reader: Reader, node: yaml.Node, known: tuple[str, ...], *, what: str, needs: tuple[str, ...] = ()
) -> Mapping[str, Ask]:
    """Asks by name. A person may be one expression, its address."""
    names = ITEM if known is ATTACHMENT else EVENT
    if isinstance(node, yaml.ScalarNode) and known is PERSON:
        made = ask(reader, node, what=what, names=names)
        return {"value": made} if made else {}
    entries = reader.mapping(node, known, what=what, needs=needs)
    return _asks(reader, entries, names=names, outside=("each",))


def _asks(
    reader: Reader, entries: Mapping[str, yaml.Node], *, names: frozenset[str], outside: tuple[str, ...] = ()
) -> Mapping[str, Ask]:
    """What each entry asks; those `outside` of the loop do not know its item."""
    asked = {
        name: ask(
            reader, part, what=name, names=EVENT if name in outside else names, words=WORDS.get(name, ())
        )
        for name, part in entries.items()
    }
    return {name: made for name, made in asked.items() if made}
