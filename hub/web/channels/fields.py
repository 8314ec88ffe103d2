"""The settings form of a channel: from a connector's settings to fields, and from what was typed to settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.contract import ConnectorSpec, Setting
from hub.web import forms
from hub.wording.i18n import N_, gettext
from values.errors import Invalid

PREFIX = "s_"
FORGET = "forget_"
CHOICES = {
    "auto": N_("Automatic"),
    "left": N_("Left"),
    "right": N_("Right"),
    "light": N_("Light"),
    "dark": N_("Dark"),
    "imap": N_("Read a mailbox by IMAP"),
    "smtp_door": N_("Delivered to this hub by SMTP"),
    "tls": "TLS",
    "starttls": "STARTTLS",
    "none": N_("None"),
    "webhook": N_("By webhook"),
    "polling": N_("By long polling"),
    "password": N_("Password"),
    "google": "Google (OAuth)",
    "microsoft": "Microsoft (OAuth)",
    "oauth": "OAuth",
    "user": N_("The user"),
    "channel": N_("The channel"),
    "both": N_("Both"),
}
"""Names of choices; a choice without one is shown as it is."""
FIRST = {
    "email": ("address", "sender_name", "receive", "imap_host", "imap_user", "imap_password", "smtp_host")
}
"""What is asked at once where the first three of many settings are not the ones that matter."""
FEW = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field as it is drawn. `is_kept`: a secret is stored already and stays when the field is left empty."""

    setting: Setting
    value: Any = ""
    is_kept: bool = False
    problem: str = ""
    is_first: bool = True

    @property
    def name(self) -> str:
        return PREFIX + self.setting.name

    @property
    def is_many(self) -> bool:
        """A secret of which there may be several while it is rotated; a password field cannot hold lines."""
        return self.setting.type == "secret" and "one a line" in self.setting.help

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What can be chosen, with an empty one where nothing need be."""
        named = [(choice, gettext(CHOICES.get(choice, choice))) for choice in self.setting.choices]
        return named if self.setting.required or self.setting.default is not None else [("", "–"), *named]


ADVANCED = frozenset({"api_base", "trusted_hosts"})
"""Settings that hardly anybody changes: they stand folded in every form."""


def fields_of(
    spec: ConnectorSpec,
    stored: Mapping[str, Any],
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> list[Field]:
    """All fields; what was typed goes before what is stored, which goes before the default."""
    names = [setting.name for setting in spec.settings]
    first = names if len(names) <= FEW else FIRST.get(spec.id, names[:3])
    return [
        Field(
            setting=setting,
            value=_shown(setting, stored, typed),
            is_kept=setting.type == "secret" and bool(stored.get(setting.name)),
            problem=gettext((problems or {}).get(setting.name, "")),
            is_first=setting.required
            or setting.name in (problems or {})
            or (setting.name in first and setting.name not in ADVANCED),
        )
        for setting in spec.settings
    ]


def settings_of(spec: ConnectorSpec, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The settings, and problems by name. An empty field is left out, so that the default counts."""
    settings: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for setting in spec.settings:
        text = typed.get(PREFIX + setting.name, "").strip()
        try:
            value = _read(setting, text)
        except Invalid as error:
            problems[setting.name] = str(error)
            continue
        if setting.type == "secret":
            if not typed.get(FORGET + setting.name):
                settings[setting.name] = value
        elif value not in ("", None, []):
            settings[setting.name] = value
        elif setting.required and setting.default is None:
            problems[setting.name] = gettext("%(label)s is needed.") % {"label": gettext(setting.label)}
    return settings, problems


def missing_secrets(
    spec: ConnectorSpec, settings: Mapping[str, Any], stored: Mapping[str, Any]
) -> dict[str, str]:
    """Secrets that are needed and neither typed nor stored."""
    return {
        setting.name: gettext("%(label)s is needed.") % {"label": gettext(setting.label)}
        for setting in spec.settings
        if setting.type == "secret"
        and setting.required
        and not settings.get(setting.name)
        and (setting.name not in settings or not stored.get(setting.name))
    }


def _read(setting: Setting, text: str) -> Any:
    if "\0" in text:
        raise Invalid(gettext("This contains a character that cannot be stored."))
    if setting.type == "flag":
        return text == "1"
    if setting.type == "list":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if setting.type == "number" and text:
        found = forms.fraction(text, gettext("This is not a number."))
        return round(found) if found.is_integer() else found
    if setting.type == "choice" and text and text not in setting.choices:
        raise Invalid(gettext("Choose one from the list."))
    return text


def _shown(setting: Setting, stored: Mapping[str, Any], typed: Mapping[str, str] | None) -> Any:
    if typed is not None:
        text = typed.get(PREFIX + setting.name, "")
        return text == "1" if setting.type == "flag" else text
    if setting.type == "secret":
        return ""
    value = stored.get(setting.name, setting.default)
    if setting.type == "flag":
        return value is True or value == "true"
    if setting.type == "list":
        return "\n".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")
    return "" if value is None else value
