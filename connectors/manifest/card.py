"""The part of a manifest that says what the connector is: id, title, settings, abilities."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import yaml

from connectors.contract import Abilities, ConnectorSpec, Setting
from connectors.manifest.reading import Reader

SETTING_TYPES = ("text", "secret", "number", "flag", "choice", "list", "long")
SETTING_KEYS = ("label", "type", "required", "default", "help", "choices")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
LEAST = {"max_text": 1, "body_limit": 1024, "per_second": 0.01}


def read_card(reader: Reader, top: dict[str, yaml.Node]) -> ConnectorSpec:
    """The connector's card; the settings' names and types are left with the reader for what comes after."""
    settings = tuple(
        _setting(reader, name, node)
        for name, node in reader.mapping(top.get("settings"), None, what="settings").items()
    )
    reader.settings.update({setting.name: setting.type for setting in settings})
    return ConnectorSpec(
        id=_name(reader, top.get("id"), what="id"),
        title=reader.text(top.get("title"), what="title"),
        summary=reader.text(top.get("summary"), what="summary"),
        handle_kind=_name(reader, top.get("handle_kind"), what="handle_kind", default="phone"),
        other_kinds=tuple(
            _name(reader, item, what="other_kinds")
            for item in reader.items(top.get("other_kinds"), what="other_kinds")
        ),
        icon=reader.text(top.get("icon"), what="icon", default="message"),
        creates_lead=reader.flag(top.get("creates_lead"), what="creates_lead", default=True),
        settings=settings,
        abilities=_abilities(reader, top),
        parse_at_door=True,
        level="declarative",
    )


def _name(reader: Reader, node: yaml.Node | None, *, what: str, default: str = "") -> str:
    value = reader.text(node, what=what, default=default)
    if node is not None and not NAME.fullmatch(value):
        reader.fault(node, f"{what} is “{value[:60]}”.", "Use small letters, digits and _, a letter first.")
    return value


def _setting(reader: Reader, name: str, node: yaml.Node) -> Setting:
    if not NAME.fullmatch(name):
        reader.fault(node, f"A setting is called “{name[:60]}”.", "Use small letters, digits and _.")
    parts = reader.mapping(node, SETTING_KEYS, what=f"setting {name}")
    type_ = reader.choice(parts.get("type"), SETTING_TYPES, what="type", default="text")
    choices = tuple(
        reader.text(item, what="choice") for item in reader.items(parts.get("choices"), what="choices")
    )
    default = reader.plain(parts["default"]) if "default" in parts else None
    if (type_ == "choice") != bool(choices):
        reader.fault(node, f"Setting {name}: `type: choice` and `choices:` belong together.")
    if default is not None and not _fits(default, type_, choices):
        reader.fault(parts["default"], f"The default of {name} does not fit its type, {type_}.")
    return Setting(
        name=name,
        label=reader.text(parts.get("label"), what="label", default=name.replace("_", " ").capitalize()),
        type=type_,
        required=reader.flag(parts.get("required"), what="required"),
        default=default,
        help=reader.text(parts.get("help"), what="help"),
        choices=choices,
    )


def _fits(default: Any, type_: str, choices: tuple[str, ...]) -> bool:
    match type_:
        case "secret":
            return False
        case "flag":
            return isinstance(default, bool)
        case "number":
            return isinstance(default, int | float) and not isinstance(default, bool)
        case "list":
            return isinstance(default, list)
        case "choice":
            return default in choices
        case _:
            return isinstance(default, str)


def _abilities(reader: Reader, top: dict[str, yaml.Node]) -> Abilities:
    known = {field.name: field.default for field in fields(Abilities)}
    given: dict[str, Any] = {"replies": "send" in top}
    for name, node in reader.mapping(top.get("abilities"), known, what="abilities").items():
        match known[name]:
            case bool():
                given[name] = reader.flag(node, what=name)
            case str():
                given[name] = reader.choice(node, ("", "whatsapp"), what=name, default="")
            case float():
                given[name] = reader.number(node, what=name, default=1, minimum=LEAST.get(name, 0))
            case _:
                given[name] = int(reader.number(node, what=name, default=1, minimum=LEAST.get(name, 0)))
    if given["replies"] and "send" not in top:
        reader.fault(
            top.get("abilities"), "abilities says `replies: true`, but there is no send.", "Add `send:`."
        )
    return Abilities(**given)
