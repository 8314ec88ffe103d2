"""A form channel's settings, read: what is missing has its default, what is wrong is named by `problems`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from connectors.contract import ChannelConfig, Setting
from connectors.webform.fields import DEFAULT, FieldsInvalid, FormField, parse_fields
from connectors.webform.mapping import MappingInvalid, parse_mapping
from connectors.webform.origins import allow_list

COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
ACCENT: Final = "#0f6e66"
TITLE: Final = "Contact us"
HONEYPOT: Final = "contact_url"
MEGABYTE: Final = 1024 * 1024

SETTINGS: Final = (
    Setting(name="title", label="Title", help="Shown above the hosted form. Empty: “Contact us”."),
    Setting(name="intro", label="Introduction", type="long", help="A sentence or two under the title."),
    Setting(
        name="fields",
        label="Fields",
        type="long",
        default=DEFAULT,
        help="One a line: “name: Label”, a * at the end when it must be filled in, “topic [choice: Sales, "
        "Support]: Topic”. Kinds: text, email, phone, long, number, date, choice, check, file.",
    ),
    Setting(name="button", label="Button", help="Empty: Send."),
    Setting(name="thanks", label="Thank-you text", type="long", help="Shown when the entry is stored."),
    Setting(
        name="next_url",
        label="Next page",
        help="Where people go after sending, instead of the thank-you page.",
    ),
    Setting(
        name="mapping",
        label="Field names of your own form",
        type="long",
        help="One a line: “your-mail = email”. Targets: name, email, phone, message, company, subject, or any "
        "name of your own. Usual names are known already.",
    ),
    Setting(
        name="reply_channel",
        label="Answer through",
        help="Short name of the mail channel that carries answers. Empty: the first mail channel.",
    ),
    Setting(
        name="allowed_origins",
        label="Web sites that may send",
        type="list",
        help="For example https://shop.example or https://*.shop.example. Empty: every site.",
    ),
    Setting(
        name="consent",
        label="Consent text",
        type="long",
        help="When filled in, people must tick it; the text and the time are kept with the entry.",
    ),
    Setting(name="min_seconds", label="Fastest entry (seconds)", type="number", default=2),
    Setting(
        name="require_token",
        label="Only the hosted or embedded form",
        type="flag",
        default=False,
        help="Refuses entries that do not come with the form's own signed time.",
    ),
    Setting(name="max_links", label="Links allowed in an entry", type="number", default=5),
    Setting(name="max_files", label="Files allowed in an entry", type="number", default=5),
    Setting(name="max_file_mb", label="Largest file (MB)", type="number", default=10),
    Setting(
        name="per_minute",
        label="Entries a minute from one address",
        type="number",
        default=300,
        help="0: no limit.",
    ),
    Setting(
        name="honeypot",
        label="Trap field",
        default=HONEYPOT,
        help="A hidden field that only machines fill in. Change it if your own form has a field of this name.",
    ),
    Setting(name="color", label="Colour", default=ACCENT, help="Of buttons and links, for example #0f6e66."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSettings:
    """The settings in force."""

    title: str
    intro: str
    button: str
    thanks: str
    next_url: str
    consent: str
    fields: tuple[FormField, ...]
    mapping: Mapping[str, str]
    allowed: tuple[str, ...]
    honeypot: str
    min_seconds: float
    max_links: int
    max_files: int
    max_file: int
    per_minute: int
    require_token: bool
    color: str
    problems: tuple[str, ...] = ()

    @property
    def either(self) -> bool:
        """Whether people must leave a mail address or a number, and neither alone is asked for."""
        kinds = [field.kind for field in self.fields if not field.required]
        asked = [field for field in self.fields if field.kind in ("email", "phone")]
        return bool(asked) and all(field.kind in kinds for field in asked)


def settings_of(channel: ChannelConfig) -> FormSettings:
    """A channel's settings; equal settings are read once."""
    given = channel.settings
    key = tuple(sorted((name, str(value)) for name, value in given.items() if name in _NAMES))
    return _read(key, allow_list(given.get("allowed_origins")))


_NAMES: Final = frozenset(setting.name for setting in SETTINGS)


@lru_cache(maxsize=256)
def _read(items: tuple[tuple[str, str], ...], allowed: tuple[str, ...]) -> FormSettings:
    given: dict[str, Any] = dict(items)
    problems: list[str] = []
    try:
        fields = parse_fields(given.get("fields", ""))
    except FieldsInvalid as error:
        problems.append(f"Fields. {error}")
        fields = parse_fields("")
    try:
        mapping = parse_mapping(given.get("mapping", ""))
    except MappingInvalid as error:
        problems.append(f"Field names. {error}")
        mapping = {}
    return FormSettings(
        title=given.get("title", "").strip() or TITLE,
        intro=given.get("intro", "").strip(),
        button=given.get("button", "").strip(),
        thanks=given.get("thanks", "").strip(),
        next_url=given.get("next_url", "").strip(),
        consent=given.get("consent", "").strip(),
        fields=fields,
        mapping=mapping,
        allowed=allowed,
        honeypot=given.get("honeypot", "").strip() or HONEYPOT,
        min_seconds=number(given, "min_seconds", 2.0),
        max_links=int(number(given, "max_links", 5)),
        max_files=int(number(given, "max_files", 5)),
        max_file=int(number(given, "max_file_mb", 10) * MEGABYTE),
        per_minute=int(number(given, "per_minute", 300)),
        require_token=flag(given, "require_token"),
        color=color_of(given),
        problems=tuple(problems),
    )


def number(given: Mapping[str, Any], name: str, default: float) -> float:
    """A setting as a number, not below zero."""
    value = given.get(name)
    try:
        return max(float(value), 0.0) if value not in (None, "", "None") else default
    except (TypeError, ValueError):
        return default


def flag(given: Mapping[str, Any], name: str) -> bool:
    """A setting that is on or off, as pages, YAML and the CLI write it."""
    return str(given.get(name, "")).strip().lower() in ("true", "yes", "on", "1")


def color_of(given: Mapping[str, Any]) -> str:
    """The accent colour, or ours when it is not written as #rrggbb."""
    color = str(given.get("color") or "").strip()
    return color.lower() if COLOR.fullmatch(color) else ACCENT
