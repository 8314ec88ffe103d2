"""A raw input on its way into the journal and through processing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from connectors.contract import Event, RawInput
from inbox.channels.model import LiveChannel
from values.sentences import Sentence


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
        return orjson.dumps(clean_tree(meta)).decode()
    if b"\\u0000" in blob:
        return orjson.dumps(clean_tree(meta)).decode()
    return blob.decode()


def clean(text: str) -> str:
    """Text without NUL and lone surrogates, which no PostgreSQL text can hold."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def is_clean(text: str) -> bool:
    """Whether `clean` would leave the text as it is."""
    if "\0" in text:
        return False
    return text.isascii() or clean(text) == text


def clean_tree(value: Any) -> Any:
    """JSON-able data whose every text PostgreSQL can hold."""
    if isinstance(value, str):
        return value if isinstance(value, Sentence) else clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): clean_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_tree(item) for item in value]
    return value
