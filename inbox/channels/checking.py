"""What may stand in a channel's settings: known names, values of their type, secrets that go where they went before."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from connectors.contract import ConnectorSpec, Setting
from inbox.channels.secrets import moved
from values.errors import Invalid
from values.sentences import phrase

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
            raise Invalid(
                phrase(
                    "{title} has no setting “{name}”. Did you mean “{near}”?",
                    title=spec.title,
                    name=name[:60],
                    near=near[0],
                ),
                field=name,
            )
        raise Invalid(
            phrase(
                "{title} has no setting “{name}”. It has: {known}.",
                title=spec.title,
                name=name[:60],
                known=", ".join(known[:-1]) or "none",
            ),
            field=name,
        )


def checked(spec: ConnectorSpec, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings themselves, or Invalid naming the first field to mend."""
    for setting in spec.settings:
        value = settings.get(setting.name)
        if value in (None, ""):
            if setting.required and setting.default is None:
                raise Invalid(phrase("{label} is needed.", label=setting.label), field=setting.name)
            continue
        _check_value(setting, value)
    return settings


def check_destinations(spec: ConnectorSpec, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raises Invalid where a secret that nobody gave anew would go somewhere else: who changes an address may not know it."""
    for secret, _place in moved(spec, before, after):
        raise asked_anew(secret)


def asked_anew(secret: Setting) -> Invalid:
    """Why a stored secret is not taken along to another place."""
    return Invalid(
        phrase("{label} would go to another place now: enter it anew.", label=secret.label), field=secret.name
    )


def _check_value(setting: Setting, value: Any) -> None:
    if setting.type == "choice" and setting.choices and value not in setting.choices:
        raise Invalid(
            phrase(
                "{label} must be one of {choices}.", label=setting.label, choices=", ".join(setting.choices)
            ),
            field=setting.name,
        )
    if setting.type == "number":
        try:
            float(value)
        except (TypeError, ValueError):
            raise Invalid(
                phrase("{label} must be a number.", label=setting.label), field=setting.name
            ) from None
    if setting.type in ("text", "long") and isinstance(value, dict):
        raise Invalid(phrase("{label} must be a text.", label=setting.label), field=setting.name)
