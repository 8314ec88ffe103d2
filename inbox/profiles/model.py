"""People whose name and picture a provider is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileToAsk:
    """A handle on a channel to ask the provider about now, and how often that was tried."""

    channel_id: int
    kind: str
    value: str
    attempts: int
