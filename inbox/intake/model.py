"""A raw input on its way into the journal and through processing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from connectors.contract import Event, RawInput
from inbox.channels.model import LiveChannel
from values.texts import storable_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A raw input of a channel. `events` is what the door already understood of it; None when it has not looked."""

    channel: LiveChannel
    raw: RawInput
    lane: int
    events: Sequence[Event] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A committed journal row that waits to be processed. `done` names its events that were taken in already."""

    id: int
    entry: Entry
    done: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """A row of the journal as it is kept; `meta` is how the input came, `done` names its events that were taken in."""

    id: int
    channel_id: int
    received_at: datetime
    lane: int
    key: str | None
    transport: str
    meta: dict[str, Any]
    body: bytes
    done: Sequence[str] | None


def json_of(meta: dict[str, Any]) -> str:
    """The journal's JSON of what is kept of an input; scrubbed only where PostgreSQL could not hold it."""
    try:
        blob = orjson.dumps(meta)
    except orjson.JSONEncodeError:  # a lone surrogate
        return orjson.dumps(storable_tree(meta)).decode()
    if b"\\u0000" in blob:
        return orjson.dumps(storable_tree(meta)).decode()
    return blob.decode()
