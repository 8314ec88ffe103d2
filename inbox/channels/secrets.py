"""Secrets of a channel's settings: sealed at rest as `{"$secret": ...}`, opened for the connector, masked for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.contract import ConnectorSpec
from inbox.channels.model import Cipher

MASK = "••••••••"


def seal(
    spec: ConnectorSpec, settings: Mapping[str, Any], *, cipher: Cipher, before: Mapping[str, Any]
) -> dict[str, Any]:
    """Settings to store. A secret that came back masked or empty keeps the stored one."""
    secret_names = {setting.name for setting in spec.settings if setting.type == "secret"}
    sealed: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in secret_names:
            sealed[name] = value
        elif value in ("", None, MASK):
            if name in before:
                sealed[name] = before[name]
        else:
            sealed[name] = {"$secret": cipher.encrypt(str(value))}
    return sealed


def open_sealed(settings: Mapping[str, Any], *, cipher: Cipher) -> dict[str, Any]:
    """Settings as the connector sees them."""
    return {name: _opened(value, cipher) for name, value in settings.items()}


def masked(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as people see them."""
    return {name: MASK if _is_sealed(value) else value for name, value in settings.items()}


def _is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and "$secret" in value


def _opened(value: Any, cipher: Cipher) -> Any:
    return cipher.decrypt(value["$secret"]) if _is_sealed(value) else value
