"""The fields of a form as its owner writes them, one a line: `name [kind: choices]: Label *`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from values.sentences import phrase

KINDS: Final = ("text", "email", "phone", "long", "number", "date", "choice", "check", "file")
LINE: Final = re.compile(
    r"(?P<name>[A-Za-z][\w.-]{0,63})\s*(?:\[\s*(?P<kind>\w+)\s*(?::(?P<choices>[^\]]*))?\])?\s*:(?P<label>.+)"
)
BY_NAME: Final = {"email": "email", "phone": "phone", "message": "long", "files": "file"}
DEFAULT: Final = """name: Your name *
email: Email
phone: Phone
message: Message *
files: Attachments"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of the hosted form. A label that we wrote ourselves is translated when shown."""

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


class FieldsInvalid(ValueError):
    """A line of the setting that cannot be understood; the text names the line."""


def parse_fields(text: str) -> tuple[FormField, ...]:
    """The fields of the setting. Raises FieldsInvalid naming the line and the remedy."""
    found: dict[str, FormField] = {}
    for number, line in enumerate((text.strip() or DEFAULT).splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        field = _field(line.strip(), number)
        if field.name in found:
            raise FieldsInvalid(
                phrase(
                    "Line {number}: “{name}” is there already; give it another name.",
                    number=number,
                    name=field.name,
                )
            )
        found[field.name] = field
    if not found:
        raise FieldsInvalid(phrase("A form needs at least one field, for example “email: Email *”."))
    return tuple(found.values())


def _field(line: str, number: int) -> FormField:
    match = LINE.fullmatch(line)
    if match is None:
        raise FieldsInvalid(
            phrase(
                "Line {number}: write “name: Label”, “name [choice: A, B]: Label” or “name: Label *”.",
                number=number,
            )
        )
    name, label = match["name"], match["label"].strip()
    required = label.endswith("*")
    kind = match["kind"] or BY_NAME.get(name, "text")
    if kind not in KINDS:
        raise FieldsInvalid(
            phrase(
                "Line {number}: there is no kind “{kind}”. Known: {kinds}.",
                number=number,
                kind=kind,
                kinds=", ".join(KINDS),
            )
        )
    choices = tuple(item.strip() for item in (match["choices"] or "").split(",") if item.strip())
    if kind == "choice" and not choices:
        raise FieldsInvalid(
            phrase(
                "Line {number}: name the choices, for example “{name} [choice: A, B]: {label}”.",
                number=number,
                name=name,
                label=label,
            )
        )
    label = label.rstrip("* ").strip()
    if not label:
        raise FieldsInvalid(phrase("Line {number}: “{name}” has no label.", number=number, name=name))
    return FormField(name=name, label=label, kind=kind, required=required, choices=choices)
