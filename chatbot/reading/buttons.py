"""Buttons and options of a rules file."""

from __future__ import annotations

import yaml

from chatbot.buttons import ButtonRule
from chatbot.reading.reader import Reader
from chatbot.reading.texts import read_text

MAX_BUTTONS = 10
MAX_VALUE = 60
MAX_LABEL = 60
MAX_ADDRESS = 500
LINKS = ("https://", "http://", "tel:", "mailto:")


def read_buttons(
    reader: Reader, node: yaml.Node, *, of: str, are_options: bool = False
) -> tuple[ButtonRule, ...]:
    """A list of buttons; options of a question have no `goto` and are never links."""
    found: list[ButtonRule] = []
    for each in reader.items(node, of=of):
        keys = ("label", "value") if are_options else ("label", "value", "goto", "kind")
        button = _button(reader, each, reader.entries(each, keys, of="a button"), is_option=are_options)
        if button and any(button.value == other.value for other in found):
            reader.fault(each, f"two buttons have the value `{button.value}`", "give each its own")
        elif button:
            found.append(button)
    if len(found) > MAX_BUTTONS:
        reader.fault(node, f"there are more than {MAX_BUTTONS} buttons", "ask in two steps")
    return tuple(found)


def _button(
    reader: Reader, node: yaml.Node, entries: dict[str, yaml.Node], *, is_option: bool
) -> ButtonRule | None:
    if "label" not in entries:
        if entries:
            reader.fault(node, "the button has no label", "add `label:`")
        return None
    label = read_text(reader, entries["label"], of="label")
    for text in label.all_written() if label else ():
        if len(text) > MAX_LABEL:
            reader.fault(entries["label"], f"the label is longer than {MAX_LABEL} characters", "shorten it")
    kind = (
        reader.one_of(entries["kind"], ("reply", "contact", "url"), of="kind")
        if "kind" in entries
        else "reply"
    )
    goto = reader.rule(entries["goto"], of="goto") if "goto" in entries else ""
    value = reader.word(entries["value"], of="value") if "value" in entries else goto
    _check_value(reader, entries.get("value", node), value, kind)
    if kind == "reply" and value and not is_option:
        reader.presses.append((node, value, goto))
    if not label or kind not in ("reply", "contact", "url"):
        return None
    return ButtonRule(label=label, value=value or "contact", kind=kind, goto=goto)


def _check_value(reader: Reader, node: yaml.Node, value: str, kind: str) -> None:
    if kind == "url":
        if not value.startswith(LINKS) or len(value) > MAX_ADDRESS or any(char.isspace() for char in value):
            reader.fault(node, "the link is not an address", "write `value: https://...`")
    elif kind == "reply" and not value:
        reader.fault(
            node, "the button leads nowhere", "add `goto:` with a rule, or `value:` for a rule's `choice`"
        )
    elif len(value) > MAX_VALUE:
        reader.fault(node, f"the value is longer than {MAX_VALUE} characters", "shorten it")
