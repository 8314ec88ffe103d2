"""The part of a manifest that says what an event becomes."""

from __future__ import annotations

from functools import partial
from typing import Any

import yaml

from connectors.contract import ReceiptState, Step, Trust
from connectors.manifest.expressions import ask
from connectors.manifest.model import Ask, Case, Root
from connectors.manifest.names import EVENT, ITEM
from connectors.manifest.reading import Reader
from connectors.manifest.values import convert

PERSON = ("kind", "value", "name", "trust", "evidence", "language")
ATTACHMENT = ("each", "url", "ref", "name", "mime", "size", "note", "content", "content_id")
KINDS: dict[str, tuple[str, ...]] = {
    "message": (
        "id", "sender", "also", "text", "html", "subject", "at", "thread", "references", "choice", "attachments", "kind",
        "machine", "outbound",
    ),
    "call": (
        "call_id", "key", "step", "at", "caller", "number", "user", "duration", "outcome", "recording_url", "recording_ref",
        "outbound", "leg",
    ),
    "receipt": ("id", "state", "at", "reason"),
    "presence": ("sender", "what", "thread"),
}  # fmt: skip
NEEDED = {
    "message": ("id", "sender"),
    "call": ("call_id", "step", "caller"),
    "receipt": ("id", "state"),
    "presence": ("sender",),
}
WORDS: dict[str, tuple[str, ...]] = {
    "step": tuple(Step),
    "state": (*ReceiptState, "ignored"),
    "trust": tuple(Trust),
    "outcome": ("answered", "missed", "busy", "voicemail", "failed", "unknown"),
    "machine": ("auto-reply", "bounce", "list", "own", "bot"),
}
STRICT = ("step", "state")
FORMATTED = {"at": "time", "duration": "span", "outbound": "flag"}


def read_cases(reader: Reader, node: yaml.Node | None) -> tuple[Case, ...]:
    """The cases in their order; the first that holds decides."""
    found = [_case(reader, item) for item in reader.items(node, what="cases")]
    return tuple(case for case in found if case)


def _case(reader: Reader, node: yaml.Node) -> Case | None:
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
        return Case(condition=condition, kind=kind, reason=reason)
    entries = reader.mapping(parts[kind], KINDS[kind], what=kind, needs=NEEDED[kind])
    person = entries.pop("sender", None) or entries.pop("caller", None)
    people = [person, *reader.items(entries.pop("also", None), what="also")] if person else []
    attachments = reader.items(entries.pop("attachments", None), what="attachments")
    return Case(
        condition=condition,
        kind=kind,
        fields={name: made for name, entry in entries.items() if (made := _field(reader, name, entry))},
        people=tuple(_parts(reader, item, PERSON, what="a person", needs=("value",)) for item in people),
        attachments=tuple(_attachment(reader, item) for item in attachments),
    )


def _field(reader: Reader, name: str, node: yaml.Node) -> Ask | None:
    asked = ask(reader, node, what=name, names=EVENT, words=WORDS.get(name, ()), strict=name in STRICT)
    formats = isinstance(node, yaml.MappingNode) and any(key.value == "format" for key, _ in node.value)
    if asked is None or formats or name not in FORMATTED:
        return asked
    return partial(_formatted, asked, FORMATTED[name], name)


def _formatted(asked: Ask, format_: str, name: str, root: Root) -> Any:
    """A field with a natural format that the manifest did not name."""
    return convert(asked(root), format_, name=name)


def _attachment(reader: Reader, node: yaml.Node) -> dict[str, Ask]:
    made = _parts(reader, node, ATTACHMENT, what="an attachment")
    if not {"url", "ref", "content"} & set(made):
        reader.fault(node, "An attachment has neither url, ref nor content.", "Add one of them.")
    return made


def _parts(
    reader: Reader, node: yaml.Node, known: tuple[str, ...], *, what: str, needs: tuple[str, ...] = ()
) -> dict[str, Ask]:
    """Asks by name. A person may be one expression, its address."""
    names = ITEM if known is ATTACHMENT else EVENT
    if isinstance(node, yaml.ScalarNode) and known is PERSON:
        made = ask(reader, node, what=what, names=names)
        return {"value": made} if made else {}
    entries = reader.mapping(node, known, what=what, needs=needs)
    asked = {
        name: ask(
            reader, part, what=name, names=EVENT if name == "each" else names, words=WORDS.get(name, ())
        )
        for name, part in entries.items()
    }
    return {name: made for name, made in asked.items() if made}
