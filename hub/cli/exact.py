"""Requests kept to the byte, for a signature covers every one: with it, and where it was refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.cli.session import whisper
from hub.problem import Problem

if TYPE_CHECKING:
    from connectors.contract import RawInput
    from inbox.channels.model import LiveChannel


def write_signed(
    live: LiveChannel,
    inputs: list[tuple[int, RawInput]],
    to: Path,
    *,
    outcome: Callable[..., Any],
    named: Callable[[Any], str],
    with_secret: bool,
) -> list[Path]:
    """To the byte and with its signature, so that the suite has a real one to check; the secret only where it is asked for."""
    from connectors.conformance.fixtures import CAME, write_fixture
    from connectors.conformance.redaction import OF_THE_WAY
    from connectors.conformance.subjects import channel_for

    made: list[Path] = []
    names, needed = _signs_by(live)
    channel = replace(channel_for(live.connector), region=live.config.region or "US")
    for id_, raw in inputs:
        headers = {
            name: value
            for name, value in raw.headers.items()
            if name in needed or not OF_THE_WAY.fullmatch(name)
        }
        exact = replace(raw, received_at=CAME, key=None, headers=headers)
        gives = outcome(live.connector, exact, channel)
        about = {
            "settings": {
                name: str(live.config.settings.get(name) or "") if with_secret else ""
                for name in sorted(names)
            },
            "at": int(raw.received_at.timestamp()),
            "slug": live.config.slug,
            "public_url": live.config.public_url,
        }
        made.append(to / f"{named(gives)}_{id_}_signed.json")
        write_fixture(made[-1], exact, expected=gives, region=channel.region, signed=about, is_exact=True)
    whisper(
        "What people wrote is still in them: a signature would not fit anything else. Send one from a telephone of yours."
    )
    if with_secret:
        whisper("The secret is in them, too: give the provider and the channel another one now.")
    return made


def _signs_by(live: LiveChannel) -> tuple[set[str], set[str]]:
    """The settings that sign, and the headers that a signature needs. Raises Problem where nothing is signed."""
    from connectors.manifest.connector import ManifestConnector

    if not isinstance(live.connector, ManifestConnector) or not live.connector.manifest.checks:
        raise Problem("Nothing is signed on this channel: its connector checks no signature by a manifest.")
    checks = [check for check in live.connector.manifest.checks if check.type not in ("secret", "basic")]
    if not checks:
        raise Problem("This provider shows a shared secret and signs nothing: record it without --signed.")
    named = {name for check in checks for name in (check.name, check.timestamp) if name}
    return {check.secret for check in checks}, {"content-type"} | named


def write_refused(inputs: list[tuple[int, RawInput]], to: Path) -> list[Path]:
    """To the byte, for a signature covers every one; only the channel's secrets are taken out, as they were at the door."""
    from connectors.conformance.fixtures import CAME, write_fixture

    made: list[Path] = []
    for id_, raw in inputs:
        made.append(to / f"refused_{id_}.json")
        write_fixture(made[-1], replace(raw, received_at=CAME, key=None), expected=[], is_exact=True)
    whisper("What people wrote is still in them: a signature would not fit anything else.")
    return made
