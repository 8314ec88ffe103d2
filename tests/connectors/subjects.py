"""How the conformance suite tries connectors of code: their own fixtures, read as their tests read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from connectors.conformance import Subject, subject_of
from connectors.conformance.fixtures import CAME
from connectors.conformance.model import Fixture
from connectors.conformance.subjects import channel_for, secrets_in
from connectors.contract import ChannelConfig, Connector, RawInput
from connectors.webform.visitor import Visitor, issue


def subject_for(connector: Connector, folder: Path | None) -> Subject:
    """A subject with everything this connector can be tried with."""
    make = MAKERS.get(connector.spec.id)
    return make(connector, folder) if make and folder else subject_of(connector, folder)


def _telegram(connector: Connector, folder: Path) -> Subject:
    channel = channel_for(connector, token="1234567:secret-of-the-bot", groups=True)

    def sign(raw: RawInput, given: ChannelConfig) -> RawInput:
        token = str(given.settings.get("secret_token", ""))
        return replace(raw, headers={**raw.headers, "x-telegram-bot-api-secret-token": token})

    fixtures = tuple(
        Fixture(name=path.stem, raw=_raw(path.read_bytes(), json_=True)) for path in _files(folder, "json")
    )
    return Subject(
        connector=connector,
        channel=channel,
        folder=folder,
        fixtures=fixtures,
        sign=sign,
        secrets=secrets_in(channel, connector),
    )


def _email(connector: Connector, folder: Path) -> Subject:
    channel = channel_for(connector, address="shop@hub.example", receive="smtp_door")
    fixtures = tuple(
        Fixture(name=path.stem, raw=replace(_raw(path.read_bytes()), transport="smtp"))
        for path in _files(folder, "eml")
    )
    return Subject(
        connector=connector,
        channel=channel,
        folder=folder,
        fixtures=fixtures,
        secrets=secrets_in(channel, connector),
    )


def _webform(connector: Connector, folder: Path) -> Subject:
    fixtures = tuple(_form(path) for path in _files(folder, "json"))
    channel = channel_for(connector)
    return Subject(
        connector=connector, channel=channel, folder=folder, fixtures=fixtures, ids_outlive_arrival=False
    )


def _form(path: Path) -> Fixture:
    data = json.loads(path.read_bytes())
    raw = replace(_raw(data["body"].encode()), headers=data["headers"])
    return Fixture(name=path.stem, raw=raw, settings=data.get("settings", {}))


def _sitechat(connector: Connector, folder: Path) -> Subject:
    channel = channel_for(connector)
    fixtures: list[Fixture] = []
    for path in _files(folder, "json"):
        data = json.loads(path.read_bytes())
        if data["visitor"]:
            data["body"]["token"] = issue(channel.secret, Visitor(**data["visitor"]), at=CAME)
        raw = _raw(json.dumps(data["body"]).encode(), json_=True)
        fixtures.append(Fixture(name=path.stem, raw=raw, settings=data.get("settings", {})))
    return Subject(
        connector=connector,
        channel=channel,
        folder=folder,
        fixtures=tuple(fixtures),
        secrets=secrets_in(channel, connector),
    )


def _files(folder: Path, kind: str) -> list[Path]:
    return sorted((folder / "fixtures").glob(f"*.{kind}"))


def _raw(body: bytes, *, json_: bool = False) -> RawInput:
    headers = {"content-type": "application/json"} if json_ else {}
    return RawInput(transport="http", body=body, received_at=CAME, headers=headers, peer="192.0.2.1")


MAKERS: dict[str, Callable[[Any, Path], Subject]] = {
    "telegram": _telegram,
    "email": _email,
    "webform": _webform,
    "sitechat": _sitechat,
}
