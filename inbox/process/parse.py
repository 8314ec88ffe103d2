"""From raw inputs to works: parsing, with every fault kept as a verdict instead of an exception."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from connectors.contract import (
    CallStep,
    Event,
    InboundMessage,
    Malformed,
    Notice,
    RawInput,
    Receipt,
    Revision,
    Unread,
    Unsupported,
)
from connectors.long_ids import LONGEST_ID, fitted
from inbox.channels.directory import Directory
from inbox.intake.model import Entry, JournalRow, Stored
from inbox.intake.naming import name_of
from inbox.intake.work import Work
from values.sentences import phrase
from values.texts import is_storable, storable

log = logging.getLogger(__name__)

IN_THREAD_FROM = 32 * 1024


async def understand(stored: Stored) -> Work:
    """Parse one input. What cannot be understood is settled as quarantined, with the reason; nothing is raised."""
    work = Work(stored)
    entry = stored.entry
    try:
        if entry.events is not None:
            work.events = entry.events
        elif len(entry.raw.body) > IN_THREAD_FROM:
            work.events = await asyncio.to_thread(_parse, entry)
        else:
            work.events = _parse(entry)
        work.events = _sound(work.events)
        if stored.done:
            work.events = [event for event in work.events if name_of(event) not in stored.done]
    except Malformed as error:
        work.settle("quarantined", phrase("Cannot be read: {error}", error=error))
    except Unsupported as error:
        work.settle("quarantined", phrase("Something new from the provider: {error}", error=error))
    except Exception as error:  # a parser's bug must stop neither its input's neighbours nor the loop
        log.exception("parser failed", extra={"channel": entry.channel.row.slug, "journal": stored.id})
        work.settle(
            "quarantined",
            phrase("The connector failed on it: {error}", error=f"{type(error).__name__}: {error}"),
        )
    return work


async def from_row(row: JournalRow, directory: Directory) -> Stored | None:
    """A journal row as it was when it came in; None while its channel's connector is not installed."""
    channel = await directory.get(row.channel_id)
    if channel is None:
        return None
    raw = raw_of(
        transport=row.transport, body=row.body, received_at=row.received_at, key=row.key, meta=row.meta
    )
    return Stored(
        id=row.id, entry=Entry(channel=channel, raw=raw, lane=row.lane), done=frozenset(row.done or ())
    )


def raw_of(
    *, transport: str, body: bytes, received_at: datetime, key: str | None, meta: Mapping[str, Any]
) -> RawInput:
    """The raw input of what is kept of it."""
    return RawInput(
        transport=transport,
        body=body,
        received_at=received_at,
        key=key,
        method=meta.get("method", "POST"),
        suffix=meta.get("suffix", ""),
        headers=meta.get("headers", {}),
        query=meta.get("query", {}),
        peer=meta.get("peer", ""),
        meta=meta.get("meta", {}),
    )


def scrubbed(event: Event) -> Event:
    """The event with text that PostgreSQL can hold: no NUL, no lone surrogates. Nearly always the event itself."""
    if not isinstance(event, InboundMessage | Revision | Notice | CallStep | Receipt):
        return event
    dirty = {
        field.name: storable(value)
        for field in fields(event)
        if isinstance(value := getattr(event, field.name), str) and not is_storable(value)
    }
    return _fitted(replace(event, **dirty) if dirty else event)


def _fitted(event: InboundMessage | Revision | Notice | CallStep | Receipt) -> Event:
    """The event with ids that the indexes take, those it refers to as well."""
    found: dict[str, Any] = {}
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name in ("external_id", "call_id", "group", "key") and len(value) > LONGEST_ID:
            found[field.name] = fitted(value)
        elif field.name in ("references", "failed_ids") and any(len(ident) > LONGEST_ID for ident in value):
            found[field.name] = tuple(fitted(ident) for ident in value)
        elif field.name == "failures" and any(len(failure.external_id) > LONGEST_ID for failure in value):
            found[field.name] = tuple(
                replace(failure, external_id=fitted(failure.external_id)) for failure in value
            )
        elif field.name == "instead" and value is not None:
            found[field.name] = scrubbed(value)
    return replace(event, **found) if found else event


def _parse(entry: Entry) -> Sequence[Event]:
    return entry.channel.connector.parse(entry.raw, entry.channel.config)


def _sound(events: Sequence[Event]) -> list[Event]:
    """The events as the inbox takes them; a bad one stands alone as `Unread`, unless there is no good one."""
    found: list[Event] = []
    faults: list[Event] = []
    count = len(events)
    for place, event in enumerate(events, 1):
        try:
            found.append(_checked(scrubbed(event)))
        except Malformed as error:
            if len(events) == 1:
                raise
            faults.append(
                Unread(
                    reason=phrase(
                        "Event {place} of {count} cannot be read: {error}",
                        place=place,
                        count=count,
                        error=error,
                    )
                )
            )
    return found + faults


def _checked(event: Event) -> Event:
    """What every connector owes: people with handles, aware times, ids."""
    person = getattr(event, "sender", None) or getattr(event, "caller", None)
    if person is not None and not person.handles:
        raise Malformed(phrase("it names no sender"))
    at = getattr(event, "at", None)
    if isinstance(at, datetime) and at.tzinfo is None:
        raise Malformed(phrase("its time has no zone"))
    if getattr(event, "external_id", "x") == "":
        raise Malformed(phrase("it has no id"))
    return event
