"""Secrets of a channel's settings: sealed at rest as `{"$secret": ...}`, opened for the connector, masked for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.contract import ConnectorSpec, Setting
from inbox.channels.model import Cipher
from values.errors import Invalid
from values.sentences import phrase

MASK = "••••••••"
READS_SECRET = re.compile(r"pass|secret|token|key|salt|credential", re.IGNORECASE)
"""Names that read like a secret, where no connector says what they are."""
READS_PLACE = re.compile(r"(^|_)(host|port|url|uri|base|server|address|endpoint|domain|user)($|_)")
"""Names that read like where a secret goes, where a connector does not say."""
IN_ADDRESS = re.compile(r"(://[^/@:\s]*):[^/@\s]+@")


def seal(
    spec: ConnectorSpec, settings: Mapping[str, Any], *, cipher: Cipher, before: Mapping[str, Any]
) -> dict[str, Any]:
    """Settings to store. A secret that came back sealed, masked or empty keeps the stored one."""
    secret_names = {setting.name for setting in spec.settings if setting.type == "secret"}
    sealed: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in secret_names:
            sealed[name] = value
        elif value in ("", None, MASK) or _is_sealed(value):
            if name in before:
                sealed[name] = before[name]
        elif isinstance(value, dict | list | tuple):
            raise Invalid(phrase("A secret is a text."), field=name)
        else:
            sealed[name] = {"$secret": cipher.encrypt(str(value))}
    return sealed


def open_sealed(settings: Mapping[str, Any], *, cipher: Cipher) -> dict[str, Any]:
    """Settings as the connector sees them."""
    return {name: _opened(value, cipher) for name, value in settings.items()}


def opened_secrets(settings: Mapping[str, Any], *, cipher: Cipher) -> tuple[str, ...]:
    """The secrets themselves, each of a setting that holds several, longest first: what nothing may show."""
    found = {_opened(value, cipher) for value in settings.values() if _is_sealed(value)}
    found |= {part for whole in tuple(found) for part in whole.split()}
    return tuple(sorted((one for one in found if one), key=len, reverse=True))


def masked(settings: Mapping[str, Any], spec: ConnectorSpec | None) -> dict[str, Any]:
    """Settings as people see them. What its connector does not know may be a secret under a wrong name."""
    plain = {setting.name for setting in spec.settings if setting.type != "secret"} if spec else None
    return {name: _masked(name, value, plain) for name, value in settings.items()}


def moved(
    spec: ConnectorSpec, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[Setting, str]]:
    """Secrets of `before` that `after` would send somewhere else, each with the setting that says where."""
    found: list[tuple[Setting, str]] = []
    for setting in spec.settings:
        if setting.type != "secret" or not before.get(setting.name):
            continue
        if after.get(setting.name) != before[setting.name]:
            continue  # given anew, or taken out
        known = _places(spec, setting, before)
        new = [name for name, value in _places(spec, setting, after).items() if known.get(name) != value]
        if new:
            found.append((setting, new[0]))
    return found


def _places(spec: ConnectorSpec, secret: Setting, settings: Mapping[str, Any]) -> dict[str, str]:
    """Where a secret goes with these settings: the settings that say so, with their values as they work."""
    by_name = {setting.name: setting for setting in spec.settings}
    names = _goes_to(spec, secret)
    other = by_name.get(secret.stands_in_for)
    if other is not None and not settings.get(other.name):
        names += _goes_to(spec, other)
    return {name: _working(by_name[name], settings) for name in names if name in by_name}


def _goes_to(spec: ConnectorSpec, secret: Setting) -> tuple[str, ...]:
    if secret.goes_to is not None:
        return secret.goes_to
    return tuple(
        setting.name
        for setting in spec.settings
        if setting.type != "secret" and READS_PLACE.search(setting.name)
    )


def _working(setting: Setting, settings: Mapping[str, Any]) -> str:
    value = settings.get(setting.name)
    chosen = setting.default if value in (None, "") else value
    return "" if chosen is None else str(chosen).strip().rstrip("/").casefold()


def _masked(name: str, value: Any, plain: set[str] | None) -> Any:
    if _is_sealed(value):
        return MASK
    is_known = (
        name in plain or name == "trusted_hosts" if plain is not None else not READS_SECRET.search(name)
    )
    if not is_known:
        return MASK
    return IN_ADDRESS.sub(rf"\1:{MASK}@", value) if isinstance(value, str) else value


def _is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and "$secret" in value


def _opened(value: Any, cipher: Cipher) -> Any:
    return cipher.decrypt(value["$secret"]) if _is_sealed(value) else value
