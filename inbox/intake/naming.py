"""Names of events within their input: what was taken in once is known again when the rest is replayed. Pure."""

from __future__ import annotations

from hashlib import blake2b

from connectors.contract import CallStep, Event, InboundMessage, Notice, Receipt, Revision


def name_of(event: Event) -> str:
    """The same for the same event, whatever place in its request a mended connector gives it."""
    return blake2b("\0".join(_parts(event)).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _parts(event: Event) -> tuple[str, ...]:
    match event:
        case InboundMessage():
            return ("message", event.external_id)
        case Revision():
            said = (event.text, event.html, *event.reactions)
            return ("revision", event.external_id, event.change.value, event.at.isoformat(), *said)
        case Notice():
            return ("notice", event.key)
        case CallStep():
            return ("call", event.call_id, event.key)
        case Receipt():
            return ("receipt", event.external_id, event.state.value)
        case _:
            return (type(event).__name__, repr(event))
