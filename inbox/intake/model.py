"""A raw input on its way into the journal and through processing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.contract import Event, RawInput
from inbox.channels.model import LiveChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A raw input of a channel. `events` is what the door already understood of it; None when it has not looked."""

    channel: LiveChannel
    raw: RawInput
    lane: int
    events: Sequence[Event] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A committed journal row that waits to be processed."""

    id: int
    entry: Entry


def meta_of(raw: RawInput) -> dict[str, Any]:
    """What the journal keeps of an input beside its body; text that PostgreSQL cannot hold is replaced."""
    meta: dict[str, Any] = {"method": raw.method, "suffix": clean(raw.suffix), "peer": raw.peer}
    for name, values in (("headers", raw.headers), ("query", raw.query), ("meta", raw.meta)):
        if values:
            meta[name] = {clean(key): clean(value) for key, value in values.items()}
    return meta


def clean(text: str) -> str:
    """Text without NUL and lone surrogates, which no PostgreSQL text can hold."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode()
