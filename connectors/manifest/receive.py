"""From a request's root to events: the first case that holds says what an event becomes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.contract import ChannelConfig, Event, Malformed, RawInput, Unread, Unsupported
from connectors.manifest.body import root_of
from connectors.manifest.events import MAKERS, listed
from connectors.manifest.model import Manifest
from connectors.manifest.occasion import Occasion
from values.sentences import phrase

MOST_EVENTS = 1_000


def events_of(manifest: Manifest, raw: RawInput, channel: ChannelConfig) -> list[Event]:
    """All events of a request. Raises Malformed or Unsupported where none of them is understood.

    Where only some are not, the others are not kept waiting: those come out as `Unread`, each with its place and reason.
    """
    found: list[Event] = []
    faults: list[Malformed | Unsupported] = []
    unread: list[Event] = []
    roots = list(_split(manifest, root_of(raw, channel, secrets=manifest.secrets)))
    for number, root in enumerate(roots, 1):
        try:
            found.append(_event(manifest, root, raw, channel))
        except (Malformed, Unsupported) as error:
            faults.append(error)
            unread.append(_unread(error, place=number, count=len(roots)))
    if not found:
        raise faults[0] if faults else Unsupported(phrase("it holds no events where this provider puts them"))
    return found + unread


def _unread(error: Malformed | Unsupported, *, place: int, count: int) -> Unread:
    if isinstance(error, Malformed):
        return Unread(
            reason=phrase(
                "Event {place} of {count} cannot be read: {error}", place=place, count=count, error=error
            )
        )
    return Unread(
        reason=phrase(
            "Event {place} of {count} is something new from the provider: {error}",
            place=place,
            count=count,
            error=error,
        )
    )


def _split(manifest: Manifest, root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each split looks into the event that the one before found; those above stay at hand as `parents`, nearest first."""
    roots = [{**root, "event": root["body"], "parents": []}]
    for number, split in enumerate(manifest.splits):
        roots = [
            {**above, "event": part, "parents": [above["event"], *above["parents"]] if number else []}
            for above in roots
            for part in listed(split(above))
        ]
        if len(roots) > MOST_EVENTS:
            raise Malformed(phrase("it holds more than {most_events} events", most_events=MOST_EVENTS))
    yield from roots


def _event(manifest: Manifest, root: dict[str, Any], raw: RawInput, channel: ChannelConfig) -> Event:
    for case in manifest.cases:
        if case.condition is None or case.condition(root):
            return MAKERS[case.kind](
                Occasion(
                    case=case, root=root, raw=raw, channel=channel, handle_kind=manifest.spec.handle_kind
                )
            )
    raise Unsupported(_kind_of(root["event"]))


def _kind_of(event: Any) -> str:
    """What an unknown event calls itself, for whoever reads the quarantine."""
    if isinstance(event, dict):
        for name in ("type", "event", "field", "kind", "status", "CallStatus"):
            if isinstance(event.get(name), str):
                return f"{name} “{event[name][:60]}”"
        return "an event with " + ", ".join(sorted(str(key)[:40] for key in event)[:8])
    return "an event of an unknown shape"
