"""What the conformance suite tries this connector with."""

from __future__ import annotations

from pathlib import Path

from connectors.conformance.fixtures import load_fixtures
from connectors.conformance.model import Subject
from connectors.conformance.subjects import channel_for, secrets_in
from connectors.contract import Connector


def subject(connector: Connector, folder: Path) -> Subject:
    """Its fixtures are journaled events, not HTTP requests, but are kept in the same form."""
    channel = channel_for(connector, port=5038)
    return Subject(
        connector=connector,
        channel=channel,
        folder=folder,
        fixtures=load_fixtures(folder),
        secrets=secrets_in(channel, connector),
    )
