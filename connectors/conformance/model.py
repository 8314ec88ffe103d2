"""What a connector is tried with, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from connectors.contract import ChannelConfig, Connector, Http, Outbound, RawInput, Settings

Sign: TypeAlias = Callable[[RawInput, ChannelConfig], RawInput]
"""Makes a request as the provider would sign it under the channel's settings."""
Reach: TypeAlias = Callable[[Http, str], Http]
"""Makes a client whose requests, wherever they are meant to go, arrive at the scripted server."""


class Failed(AssertionError):
    """A promise that the connector does not keep, in a sentence."""


class Skipped(Exception):
    """A check that has nothing to try on this connector, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """A recorded request and the events it gives. `expected` is None while nobody has looked at them.

    `secrets` (made up or revoked) are those under which the request was signed at `moment`, where it keeps its signature;
    `slug` and `public_url` are the door's address then.
    """

    name: str
    raw: RawInput
    expected: Any = None
    settings: Settings = field(default_factory=dict[str, Any])
    region: str = ""
    secrets: Settings = field(default_factory=dict[str, Any])
    moment: datetime | None = None
    slug: str = ""
    public_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A message, the answers a provider gives, the requests it should have had, and the outcome. `token` is its answer to the
    request of an access token."""

    name: str
    message: Outbound
    answers: tuple[Mapping[str, Any], ...]
    requests: tuple[Mapping[str, Any], ...]
    outcome: Mapping[str, Any]
    settings: Settings = field(default_factory=dict[str, Any])
    token: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A connector with all that the suite needs to try it.

    `channel` has every setting filled in. `sign` is None where the door verifies nothing. `reach` is None where sending
    does not go over the lent client. `max_age` is in seconds, 0 where old requests are not refused.
    `ids_outlive_arrival` is False where the same input at another time is another message (a form sent twice).
    """

    connector: Connector
    channel: ChannelConfig
    folder: Path | None = None
    fixtures: tuple[Fixture, ...] = ()
    sendings: tuple[Sending, ...] = ()
    sign: Sign | None = None
    age: Callable[[RawInput, float], RawInput] | None = None
    reach: Reach | None = None
    sample: Outbound | None = None
    max_age: float = 0
    secrets: tuple[str, ...] = ()
    covers_body: bool = False
    ids_outlive_arrival: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one check. `verdict`: passed, failed or skipped."""

    check: str
    verdict: str
    detail: str = ""


def needed(condition: object, sentence: str) -> None:
    """Raise Failed with the sentence unless the condition holds."""
    if not condition:
        raise Failed(sentence)
