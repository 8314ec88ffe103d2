"""A small manifest that tests change, and requests for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from connectors import manifest as package
from connectors.contract import ChannelConfig, RawInput
from connectors.manifest.build import connector_of
from connectors.manifest.connector import ManifestConnector
from connectors.manifest.load import parse_manifest

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SCAFFOLD = (Path(package.__file__ or "").parent / "scaffold" / "connector.yaml").read_text()
BUNDLED = {
    name: (Path(package.__file__ or "").parent.parent / name / "connector.yaml").read_text()
    for name in ("telephony", "twilio", "whatsapp", "messenger", "instagram", "viber", "vk")
}

HEAD = """\
id: sample
title: Sample
settings:
  key: {type: secret, label: Key}
  base: {default: "https://api.sample.example"}
verify: none
"""


def made(rest: str, *, head: str = HEAD) -> ManifestConnector:
    """A connector of the head and the rest."""
    return connector_of(parse_manifest(head + rest, source="sample.yaml"))


def channel(**settings: Any) -> ChannelConfig:
    return ChannelConfig(
        id=1,
        slug="sample",
        name="Sample",
        settings={"key": "k3y-of-sample", "base": "https://api.sample.example", **settings},
        region="US",
        public_url="https://hub.example",
    )


def request(body: Any, **fields: Any) -> RawInput:
    """A value goes as JSON, bytes as they are."""
    headers = fields.pop("headers", {})
    if not isinstance(body, bytes):
        body, headers = orjson.dumps(body), {"content-type": "application/json", **headers}
    return RawInput(transport="http", body=body, received_at=AT, headers=headers, **fields)
