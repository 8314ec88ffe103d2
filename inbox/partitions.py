"""Lanes: the 64-bit keys under which inputs of one person are processed one after the other, over all processes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from hashlib import blake2b

from connectors.contract import CallStep, Event, InboundMessage, Notice, Person, Presence, Revision, Trust


def partition_key(kind: str, value: str) -> int:
    """The advisory lock key of a handle; signed, as PostgreSQL's bigint is."""
    digest = blake2b(f"{kind}\0{value}".encode("utf-8", "replace"), digest_size=8).digest()
    return struct.unpack("<q", digest)[0]


def channel_partition_key(channel_id: int) -> int:
    """The lane of inputs whose sender is not known before they are parsed."""
    return partition_key("channel", str(channel_id))


def person_of(event: Event) -> Person | None:
    """Whose event it is, if it is anybody's."""
    if isinstance(event, InboundMessage | Presence | Revision | Notice):
        return event.sender
    if isinstance(event, CallStep):
        return event.caller
    return None


def partition_key_of(events: Sequence[Event], *, channel_id: int) -> int:
    """The lane of a parsed input: its first person's first proven handle, else the first.

    What somebody types into a form stands first where the answer is to reach it, and is not what their other words come with.
    """
    for event in events:
        person = person_of(event)
        if person and person.handles:
            known = next(
                (handle for handle in person.handles if handle.trust is Trust.PROVEN), person.handles[0]
            )
            return partition_key(known.kind, known.value)
    return channel_partition_key(channel_id)
