"""What may stand in a channel's settings: known names, values of their type, secrets that go where they went before."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from connectors.contract import ConnectorSpec, Setting
from crm_core.errors import Invalid
from inbox.channels.secrets import moved

FOR_ALL = ("trusted_hosts",)
"""What every channel may have, because the platform reads it."""


def check_names(spec: ConnectorSpec, names: Mapping[str, Any]) -> None:
    """Raises Invalid for a name that the connector does not have: it would do nothing, and may be a secret in clear."""
    known = [*(setting.name for setting in spec.settings), *FOR_ALL]
    for name in names:
        if name in known:
            continue
        near = [one for one in known if name in one.split("_")][:1]
        near = near or get_close_matches(name, known, 1, cutoff=0.5)
        if near:
            raise Invalid(f"{spec.title} has no setting “{name[:60]}”. Did you mean “{near[0]}”?", field=name)
        raise Invalid(
            f"{spec.title} has no setting “{name[:60]}”. It has: {', '.join(known[:-1]) or 'none'}.",
            field=name,
        )


def checked(spec: ConnectorSpec, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings themselves, or Invalid naming the first field to mend."""
    for setting in spec.settings:
        value = settings.get(setting.name)
        if value in (None, ""):
            if setting.required and setting.default is None:
                raise Invalid(f"{setting.label} is needed.", field=setting.name)
            continue
        _check_value(setting, value)
    return settings


def check_destinations(spec: ConnectorSpec, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raises Invalid where a secret that nobody gave anew would go somewhere else: who changes an address may not know it."""
    for secret, _place in moved(spec, before, after):
        raise asked_anew(secret)


def asked_anew(secret: Setting) -> Invalid:
    """Why a stored secret is not taken along to another place."""
    return Invalid(f"{secret.label} would go to another place now: enter it anew.", field=secret.name)


def _check_value(setting: Setting, value: Any) -> None:
    if setting.type == "choice" and setting.choices and value not in setting.choices:
        raise Invalid(f"{setting.label} must be one of {', '.join(setting.choices)}.", field=setting.name)
    if setting.type == "number":
        try:
            float(value)
        except (TypeError, ValueError):
            raise Invalid(f"{setting.label} must be a number.", field=setting.name) from None
    if setting.type in ("text", "long") and isinstance(value, dict):
        raise Invalid(f"{setting.label} must be a text.", field=setting.name)
