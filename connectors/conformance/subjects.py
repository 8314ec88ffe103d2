"""Connectors ready to be tried: a manifest tells all that is needed; code brings a `conformance.py` with `subject()`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from connectors.conformance.fixtures import load_fixtures, load_sendings
from connectors.conformance.knock import aged, can_sign, public_key, sign_with
from connectors.conformance.model import Subject
from connectors.conformance.server import Detour
from connectors.contract import ChannelConfig, Connector, Handle, Outbound, Setting
from connectors.manifest.connector import ManifestConnector
from connectors.manifest.model import Check
from connectors.signing import written

HOOK = "conformance.py"
SAMPLES = {"phone": "+12025550123", "email": "ann@customer.example"}


def subject_of(connector: Connector, folder: Path | None) -> Subject:
    """What there is to try a connector with. Raises Failed for fixtures that cannot be read."""
    if isinstance(connector, ManifestConnector):
        return _declarative(connector, folder)
    if folder is not None and (folder / HOOK).is_file():
        return _by_hook(connector, folder)
    return Subject(connector=connector, channel=channel_for(connector), folder=folder)


def channel_for(connector: Connector, **settings: Any) -> ChannelConfig:
    """A channel with every setting filled in."""
    spec = connector.spec
    filled = {setting.name: _value(setting) for setting in spec.settings}
    return ChannelConfig(
        id=1,
        slug=spec.id.replace("_", "-"),
        name=spec.title,
        settings={**filled, **settings},
        region="US",
        public_url="https://hub.example",
        secret=b"0123456789abcdef0123456789abcdef",
    )


def secrets_in(channel: ChannelConfig, connector: Connector) -> tuple[str, ...]:
    """The values of the channel's secrets."""
    names = [setting.name for setting in connector.spec.settings if setting.type == "secret"]
    return tuple(str(channel.settings[name]) for name in names if channel.settings.get(name))


def _declarative(connector: ManifestConnector, folder: Path | None) -> Subject:
    channel, manifest = channel_for(connector), connector.manifest
    check = manifest.checks[0] if manifest.checks else None
    if check:
        channel = channel_for(connector, **_secret_for(check))
    sign: Any = sign_with(check) if check and can_sign(check) else None
    age: Any = aged(check) if check and check.max_age and check.type != "jwt" else None
    kind = connector.spec.handle_kind
    return Subject(
        connector=connector,
        channel=channel,
        folder=folder,
        fixtures=load_fixtures(folder) if folder else (),
        sendings=load_sendings(folder) if folder else (),
        sign=sign,
        age=age,
        reach=Detour,
        sample=Outbound(
            delivery_id="6f1e4d3c-0000-4000-8000-000000000001",
            to=Handle(kind=kind, value=SAMPLES.get(kind, "someone")),
            text="Hello",
        ),
        max_age=check.max_age if check and check.type != "jwt" else 0,
        secrets=secrets_in(channel, connector),
        covers_body=check is not None
        and check.type in ("hmac", "ed25519", "jwt")
        and check.signed is None
        and check.value is None,
    )


def _secret_for(check: Check) -> dict[str, str]:
    """A secret that is written as the provider writes it."""
    if check.type == "ed25519":
        return {check.secret: public_key("provider", encoding=check.encoding)}
    if check.key_encoding == "text":
        return {}
    return {
        check.secret: check.key_prefix + written(b"a key of thirty-two bytes or so..", check.key_encoding)
    }


def _by_hook(connector: Connector, folder: Path) -> Subject:
    name = f"omnihub_conformance_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, folder / HOOK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.subject(connector, folder)


def _value(setting: Setting) -> Any:
    if setting.default is not None:
        return setting.default
    match setting.type:
        case "secret":
            return f"secret-of-{setting.name}-7Qk2"
        case "number":
            return 1
        case "flag":
            return False
        case "choice":
            return setting.choices[0]
        case "list":
            return []
        case _:
            return f"{setting.name}-1" if setting.required else ""
