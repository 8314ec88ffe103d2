"""Checks of `parse`: recorded requests, purity, totality, ids, times and handles."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors.conformance.model import Failed, Fixture, Skipped, Subject, needed
from connectors.conformance.telling import outcome_of
from connectors.conformance.torture import tortures
from connectors.contract import (
    CallStep,
    ChannelConfig,
    Event,
    Handle,
    Ignored,
    InboundMessage,
    Malformed,
    Notice,
    Person,
    Presence,
    Receipt,
    Revision,
    Unread,
    Unsupported,
)

EVENTS = (InboundMessage, Revision, Notice, CallStep, Receipt, Presence, Ignored, Unread)
LONGEST_ID = 2_000
MOST_SHOWN = 300


def channel_of(subject: Subject, fixture: Fixture) -> ChannelConfig:
    """The channel a fixture is for."""
    settings = {**subject.channel.settings, **fixture.settings}
    return replace(subject.channel, settings=settings, region=fixture.region or subject.channel.region)


async def recorded(subject: Subject) -> None:
    """Every recorded request gives what stands beside it."""
    _some_fixtures(subject)
    is_code = subject.connector.spec.level != "declarative"
    if is_code and all(fixture.expected is None for fixture in subject.fixtures):
        raise Skipped("its own tests know what its fixtures give")
    for fixture in subject.fixtures:
        if fixture.expected is None:
            raise Failed(f"{fixture.name} has no `expected`: look at what it gives and keep it")
        found = outcome_of(lambda f=fixture: subject.connector.parse(f.raw, channel_of(subject, f)))
        if found != fixture.expected:
            raise Failed(f"{fixture.name}: {difference(fixture.expected, found)}")


async def pure(subject: Subject) -> None:
    """The same input gives the same events, and stays what it was."""
    _some_fixtures(subject)
    for fixture in subject.fixtures:
        channel = channel_of(subject, fixture)
        before = copy.deepcopy((fixture.raw, channel))
        first = outcome_of(lambda f=fixture, c=channel: subject.connector.parse(f.raw, c))
        again = outcome_of(lambda f=fixture, c=channel: subject.connector.parse(copy.deepcopy(f.raw), c))
        needed(first == again, f"{fixture.name} gives something else the second time")
        needed(before == (fixture.raw, channel), f"{fixture.name}: parsing changes its input")


async def total(subject: Subject) -> None:
    """Whatever comes in, parse gives events, Malformed or Unsupported, and the door's other parts do not fail."""
    _some_fixtures(subject)
    for fixture in subject.fixtures[:12]:
        channel = channel_of(subject, fixture)
        for name, raw in tortures(fixture.raw):
            try:
                events: Any = subject.connector.parse(raw, channel)
            except (Malformed, Unsupported):
                continue
            except Exception as error:  # whatever it raises is what is looked for
                raise Failed(f"{fixture.name}, {name}: parse raises {error!r}") from error
            for event in events:
                needed(isinstance(event, EVENTS), f"{fixture.name}, {name}: {event!r} is no event")
                _sane(event, f"{fixture.name}, {name}")


async def stable_ids(subject: Subject) -> None:
    """A repeat that comes later has the same ids; two events of one request have different ones."""
    for fixture, _ in _understood(subject):
        channel = channel_of(subject, fixture)
        hours = 3 if subject.ids_outlive_arrival else 0
        later = replace(fixture.raw, received_at=fixture.raw.received_at + timedelta(hours=hours))
        first = [_id(event) for event in subject.connector.parse(fixture.raw, channel)]
        again = [_id(event) for event in subject.connector.parse(later, channel)]
        needed(first == again, f"{fixture.name}: a repeat has other ids: {first} and {again}")
        ids = [id_ for id_ in first if id_]
        needed(len(ids) == len(set(ids)), f"{fixture.name}: two events share an id: {ids}")


async def normalised(subject: Subject) -> None:
    """Times are aware UTC; people have handles; handles are normal, with their evidence."""
    for fixture, events in _understood(subject):
        for event in events:
            _sane(event, fixture.name)


async def somebody_else(subject: Subject) -> None:
    """Who writes or calls is never the channel itself: a sender and a recipient that were taken for each other."""
    for fixture, events in _understood(subject):
        own = _own(channel_of(subject, fixture))
        for event in events:
            person: Person | None = getattr(event, "sender", None) or getattr(event, "caller", None)
            number = _digits(event.number) if isinstance(event, CallStep) else ""
            for handle in person.handles if person else ():
                known = _digits(handle.value) if handle.kind == "phone" else handle.value
                needed(
                    known not in own and (not number or known != number),
                    f"{fixture.name}: the sender {handle.value} is the channel's own number or address",
                )


def _own(channel: ChannelConfig) -> set[str]:
    """The channel's own numbers and addresses, as its settings name them."""
    said = [value for value in channel.settings.values() if isinstance(value, str) and len(value) >= 5]
    return {*said, *(digits for value in said if len(digits := _digits(value)) >= 7)}


def _digits(value: str) -> str:
    return "".join(char for char in value if char.isdecimal()).removeprefix("00")


def difference(wanted: Any, found: Any, where: str = "") -> str:
    """The first place in which two results differ, with both values there."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in dict.fromkeys((*wanted, *found)):
            if wanted.get(name) != found.get(name):
                return difference(
                    wanted.get(name), found.get(name), f"{where}.{name}" if where else str(name)
                )
    if isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return f"{where or 'it'} has {len(found)} entries, expected {len(wanted)}: {_short(found)}"
        for n, (one, other) in enumerate(zip(wanted, found, strict=True)):
            if one != other:
                return difference(one, other, f"{where}[{n}]")
    return f"{where or 'it'} is {_short(found)}, expected {_short(wanted)}"


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= MOST_SHOWN else f"{said[:MOST_SHOWN]}…"


def _some_fixtures(subject: Subject) -> None:
    if not subject.fixtures:
        raise Skipped("it has no recorded requests")


def _understood(subject: Subject) -> Iterator[tuple[Fixture, list[Event]]]:
    _some_fixtures(subject)
    for fixture in subject.fixtures:
        try:
            yield fixture, list(subject.connector.parse(fixture.raw, channel_of(subject, fixture)))
        except (Malformed, Unsupported):
            continue


def _id(event: Event) -> tuple[str, ...]:
    match event:
        case InboundMessage():
            return ("message", event.external_id)
        case Revision():
            return ("revision", event.external_id, event.change)
        case Notice():
            return ("notice", event.key)
        case CallStep():
            return ("step", event.call_id, event.key)
        case Receipt():
            return ("receipt", event.external_id, event.state)
        case _:
            return ()


def _sane(event: Event, where: str) -> None:
    at = getattr(event, "at", None)
    if at is not None:
        needed(at.utcoffset() == timedelta(0), f"{where}: {at!r} is not aware UTC")
    for part in _id(event)[1:]:
        needed(part, f"{where}: an id is empty")
        needed(len(part) <= LONGEST_ID, f"{where}: an id has {len(part)} characters")
    person: Person | None = getattr(event, "sender", None) or getattr(event, "caller", None)
    if person is not None:
        needed(person.handles, f"{where}: nobody sent it")
        for handle in person.handles:
            _normal(handle, where)


def _normal(handle: Handle, where: str) -> None:
    value = handle.value
    needed(
        handle.kind and value == value.strip() and value, f"{where}: the handle {value!r} is empty or padded"
    )
    needed(len(value) <= 400, f"{where}: a handle has {len(value)} characters")
    if handle.kind == "phone":
        is_e164 = (
            value.startswith("+") and value[1:].isascii() and value[1:].isdigit() and 5 <= len(value) <= 17
        )
        needed(is_e164, f"{where}: {value!r} is not E.164")
    if handle.kind == "email":
        needed("@" in value and value == value.lower(), f"{where}: {value!r} is not a normal address")
    needed(handle.evidence, f"{where}: the handle {value!r} has no evidence")
