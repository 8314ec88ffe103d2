"""What is journaled of an event: the event as it came, and what was known then of the calls that it is about."""

from __future__ import annotations

import msgspec


class Known(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A call with somebody outside. `line` is the unique id of that person's channel, `talked` the channels that took it."""

    customer: str
    line: str
    name: str = ""
    number: str = ""
    outbound: bool = False
    user: str = ""
    is_mailbox: bool = False
    recording: str = ""
    talked: list[str] = []


class Note(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What an event is to one call. `talk` are pairs of channel and user who began to talk to the person outside."""

    id: str
    call: Known
    is_start: bool = False
    is_over: bool = False
    leg: str = ""
    user: str = ""
    has_talked: bool = False
    talk: list[tuple[str, str]] = []


class AnnotatedEvent(msgspec.Struct, omit_defaults=True):
    """The body of a raw input."""

    event: dict[str, str]
    calls: list[Note] = []


class Snapshot(msgspec.Struct):
    """The checkpoint: the calls that were not over at `at`, a Unix time, and the telephones that their calls betrayed."""

    calls: dict[str, Known] = {}
    at: float = 0.0
    phones: list[str] = []
