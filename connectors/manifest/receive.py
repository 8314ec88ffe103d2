"""From a request's root to events: the first case that holds says what an event becomes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from connectors.contract import (
    Attachment,
    CallStep,
    ChannelConfig,
    Event,
    Ignored,
    InboundMessage,
    Malformed,
    Presence,
    RawInput,
    Receipt,
    ReceiptState,
    Step,
    Unsupported,
)
from connectors.manifest.body import root_of
from connectors.manifest.model import Manifest
from connectors.manifest.occasion import Occasion
from connectors.phones import number_of

MOST_EVENTS = 1_000


def events_of(manifest: Manifest, raw: RawInput, channel: ChannelConfig) -> list[Event]:
    """All events of a request. Raises Malformed or Unsupported.

    Where only some events of a request are unknown, the others are not kept waiting: those come out as `Ignored`.
    """
    found: list[Event] = []
    unknown: list[str] = []
    for root in _split(manifest, root_of(raw, channel, secrets=manifest.secrets)):
        try:
            found.append(_event(manifest, root, raw, channel))
        except Unsupported as error:
            unknown.append(str(error))
        if len(found) + len(unknown) > MOST_EVENTS:
            raise Malformed(f"it holds more than {MOST_EVENTS} events")
    if not found:
        raise Unsupported(unknown[0] if unknown else "it holds no events where this provider puts them")
    return found + [Ignored(reason=f"Something new from the provider: {reason}.") for reason in unknown]


def _split(manifest: Manifest, root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each split looks into the event that the one before found; those above stay at hand as `parents`, nearest first."""
    roots = [{**root, "event": root["body"], "parents": []}]
    for number, split in enumerate(manifest.splits):
        roots = [
            {**above, "event": part, "parents": [above["event"], *above["parents"]] if number else []}
            for above in roots
            for part in _listed(split(above))
        ]
        if len(roots) > MOST_EVENTS:
            raise Malformed(f"it holds more than {MOST_EVENTS} events")
    yield from roots


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [] if found is None else [found]


def _event(manifest: Manifest, root: dict[str, Any], raw: RawInput, channel: ChannelConfig) -> Event:
    for case in manifest.cases:
        if case.condition is None or case.condition(root):
            return _MAKERS[case.kind](
                Occasion(
                    case=case, root=root, raw=raw, channel=channel, handle_kind=manifest.spec.handle_kind
                )
            )
    raise Unsupported(_kind_of(root["event"]))


def _message(it: Occasion) -> Event:
    references = it.get("references")
    return InboundMessage(
        external_id=it.id("id"),
        sender=it.person(needs_number=True),
        at=it.at(),
        text=it.text("text"),
        html=it.text("html"),
        subject=it.text("subject"),
        thread=it.id("thread", needed=False),
        choice=it.text("choice"),
        references=tuple(str(one)[:500] for one in _listed(references) if isinstance(one, str | int) and one),
        attachments=_attachments(it),
        machine=it.text("machine"),
        outbound=it.get("outbound") is True,
        kind=it.text("kind") or "message",
    )


def _attachments(it: Occasion) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for parts in it.case.attachments:
        each = parts.get("each")
        for item in _listed(each(it.root)) if each else [it.root["event"]]:
            values = {name: ask({**it.root, "item": item}) for name, ask in parts.items() if name != "each"}
            if values.get("url") or values.get("ref") or values.get("content"):
                found.append(_attachment(it, values))
            if len(found) > 100:
                raise Malformed("it has more than 100 attachments")
    return tuple(found)


def _attachment(it: Occasion, values: dict[str, Any]) -> Attachment:
    content, size = values.get("content"), values.get("size")
    content = content.encode("utf-8", "replace") if isinstance(content, str) else content
    is_size = isinstance(size, int) or (isinstance(size, str) and size.isdecimal() and len(size) < 16)
    mime = it.said(values.get("mime"), name="mime").partition(";")[0].strip()
    return Attachment(
        name=it.said(values.get("name"), name="name") or "file",
        mime=mime or "application/octet-stream",
        size=len(content) if isinstance(content, bytes) else max(0, int(size)) if is_size and size else 0,
        content=content if isinstance(content, bytes) else None,
        url=it.said(values.get("url"), name="url"),
        ref=it.said(values.get("ref"), name="ref"),
        content_id=it.said(values.get("content_id"), name="content_id"),
        note=it.said(values.get("note"), name="note"),
    )


def _call(it: Occasion) -> Event:
    call_id, said = it.id("call_id"), it.needed("step")
    try:
        step = Step(said.lower())
    except ValueError:
        raise Unsupported(f"a step of a call, “{said[:60]}”") from None
    duration, at = it.aside("duration"), it.aside("at")
    outcome = it.aside_text("outcome")
    return CallStep(
        call_id=call_id,
        key=it.id("key", needed=False) or _step_key(it, step),
        step=step,
        at=at if isinstance(at, datetime) else it.raw.received_at,
        caller=it.person(anonymous=call_id),
        outbound=it.aside("outbound") is True,
        number=number_of(it.aside_text("number"), channel_region=it.channel.region),
        user=it.aside_text("user"),
        duration=max(0, duration) if isinstance(duration, int) else None,
        outcome="" if outcome == "unknown" else outcome,
        recording_url=it.aside_text("recording_url"),
        recording_ref=it.aside_text("recording_ref"),
        leg=it.aside_text("leg")[:200],
    )


def _step_key(it: Occasion, step: Step) -> str:
    """A step's own name where the provider gives none: what it says, so that a repeat is the same."""
    said = orjson.dumps(it.root["event"], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=repr)
    return f"{step.value}:{sha256(said).hexdigest()[:24]}"


def _receipt(it: Occasion) -> Event:
    state = it.needed("state").lower()
    if state == "ignored":
        return Ignored(reason="A receipt that shows nothing new.")
    try:
        known = ReceiptState(state)
    except ValueError:
        raise Unsupported(f"a receipt “{state[:60]}”") from None
    return Receipt(external_id=it.id("id"), state=known, at=it.at(), reason=it.text("reason"))


def _presence(it: Occasion) -> Event:
    return Presence(
        sender=it.person(needs_number=True),
        what=it.text("what") or "typing",
        thread=it.id("thread", needed=False),
    )


def _ignore(it: Occasion) -> Event:
    return Ignored(reason=it.case.reason)


_MAKERS: dict[str, Callable[[Occasion], Event]] = {
    "message": _message,
    "call": _call,
    "receipt": _receipt,
    "presence": _presence,
    "ignore": _ignore,
}


def _kind_of(event: Any) -> str:
    """What an unknown event calls itself, for whoever reads the quarantine."""
    if isinstance(event, dict):
        for name in ("type", "event", "field", "kind", "status", "CallStatus"):
            if isinstance(event.get(name), str):
                return f"{name} “{event[name][:60]}”"
        return "an event with " + ", ".join(sorted(str(key)[:40] for key in event)[:8])
    return "an event of an unknown shape"
