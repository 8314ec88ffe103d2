"""A channel as the inbox keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from connectors.contract import CallerLookup, ChannelConfig, Connector, Door


class Cipher(Protocol):
    """Encrypts secrets at rest; the roof gives one."""

    def encrypt(self, plain: str) -> str: ...

    def decrypt(self, sealed: str) -> str: ...

    def derive(self, purpose: str) -> bytes: ...


Checkpoint: TypeAlias = Mapping[str, Any]
"""How far a connector has read, in its own words; nobody else reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A configured use of a connector, secrets still sealed."""

    id: int
    slug: str
    name: str
    connector: str
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    region: str = ""
    language: str = "en"
    bot: bool = True
    is_paused: bool = False
    state: str = "connecting"
    sentence: str = ""
    remedy: str = ""
    alarm: str = ""
    retry_at: datetime | None = None
    heartbeat_at: datetime | None = None
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    version: int = 1
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A line of a channel's log."""

    at: datetime
    level: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChannel:
    """A channel ready for use: its row, its connector and the configuration the connector sees; `door` and `caller_lookup` are
    the connector again where it has that ability. `secrets` are the values that nothing may show."""

    row: Channel
    connector: Connector
    config: ChannelConfig
    door: Door | None = None
    caller_lookup: CallerLookup | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def id(self) -> int:
        return self.row.id
