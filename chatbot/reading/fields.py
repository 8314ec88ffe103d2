"""Names of fields that rules write to."""

from __future__ import annotations

import yaml

from chatbot.reading.reader import Reader
from chatbot.speech import NAMES

FIELDS = ("name", "phone", "email")
RESERVED = frozenset(NAMES) - frozenset(FIELDS)


def read_field(reader: Reader, node: yaml.Node, *, what: str) -> str:
    """A field's name; the contact's own phone, email and name take checked answers only."""
    name = reader.name(node, of="the field")
    if name in RESERVED:
        reader.fault(node, f"`{name}` means something else in texts", "take another name")
    elif name in ("phone", "email") and what != name:
        reader.fault(node, f"`{name}` is saved by `ask: {name}` alone", "take another name")
    else:
        reader.saved.add(name)
        return name
    return ""
