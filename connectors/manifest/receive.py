"""From a request's root to events: the first case that holds says what an event becomes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from connectors.contract import (
    Attachment,
    CallStep,
    ChannelConfig,
    Event,
    Handle,
    Ignored,
    InboundMessage,
    Malformed,
    Person,
    Presence,
    RawInput,
    Receipt,
    ReceiptState,
    Step,
    Trust,
    Unsupported,
)
from connectors.manifest.body import root_of
from connectors.manifest.model import Ask, Case, Manifest, Root
from connectors.manifest.values import text
from connectors.phones import phone_handle

MOST_EVENTS = 1_000


def events_of(manifest: Manifest, raw: RawInput, channel: ChannelConfig) -> list[Event]:
    """All events of a request. Raises Malformed or Unsupported."""
    root = root_of(raw)
    found: list[Event] = []
    for event_root in _split(manifest, root):
        found += _events(manifest, event_root, raw, channel)
        if len(found) > MOST_EVENTS:
            raise Malformed(f"it holds more than {MOST_EVENTS} events")
    return found


def _split(manifest: Manifest, root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if manifest.split is None:
        yield {**root, "event": root["body"]}
        return
    parts = manifest.split(root)
    if parts is None:
        raise Unsupported("it holds no events where this provider puts them")
    for part in parts if isinstance(parts, list) else [parts]:
        yield {**root, "event": part}


def _events(manifest: Manifest, root: dict[str, Any], raw: RawInput, channel: ChannelConfig) -> list[Event]:
    found: list[Event] = []
    for case in manifest.cases:
        if case.condition is not None and not case.condition(root):
            continue
        items = [None] if case.each is None else case.each(root)
        if not items:
            continue
        for item in items if isinstance(items, list) else [items]:
            found.append(_MAKERS[case.kind](_Event(case, {**root, "item": item}, raw, channel)))
        if case.each is None:
            return found
    if not found:
        raise Unsupported(_kind_of(root))
    return found


class _Event:
    """A case applied to one event."""

    def __init__(self, case: Case, root: Root, raw: RawInput, channel: ChannelConfig) -> None:
        self.case, self.root, self.raw, self.channel = case, root, raw, channel

    def get(self, name: str) -> Any:
        ask: Ask | None = self.case.fields.get(name)
        return ask(self.root) if ask else None

    def text(self, name: str) -> str:
        try:
            return text(self.get(name))
        except ValueError as error:
            raise Malformed(f"{name}: {error}") from None

    def needed(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise Malformed(f"it has no {name}")
        return value

    def at(self) -> datetime:
        found = self.get("at")
        return found if isinstance(found, datetime) else self.raw.received_at

    def person(self, name: str) -> Person:
        parts: Mapping[str, Ask] = self.case.fields[name]
        also = [self._handle(part) for part in self.case.fields.get("also", ())]
        return Person(
            handles=(self._handle(parts), *(handle for handle in also if handle.value)),
            name=self._part(parts, "name"),
            language=self._part(parts, "language"),
        )

    def _handle(self, parts: Mapping[str, Ask]) -> Handle:
        kind = self._part(parts, "kind") or "phone"
        value = self._part(parts, "value")
        trust = Trust.CLAIMED if self._part(parts, "trust") == "claimed" else Trust.PROVEN
        evidence = self._part(parts, "evidence")
        if kind == "phone":
            return phone_handle(
                value, region=self.channel.region, trust=trust, evidence=evidence or "caller_id"
            )
        if not value:
            raise Malformed("it names no sender")
        return Handle(kind=kind, value=value, trust=trust, evidence=evidence, raw=value)

    def _part(self, parts: Mapping[str, Ask], name: str) -> str:
        ask = parts.get(name)
        try:
            return text(ask(self.root)) if ask else ""
        except ValueError as error:
            raise Malformed(f"{name}: {error}") from None

    def attachments(self) -> tuple[Attachment, ...]:
        found: list[Attachment] = []
        for parts in self.case.fields.get("attachments", ()):
            items = parts["each"](self.root) if parts.get("each") else [self.root.get("item")]
            for item in items if isinstance(items, list) else [items] if items else []:
                root = {**self.root, "item": item}
                values = {name: ask(root) for name, ask in parts.items() if name != "each" and ask}
                if values.get("url") or values.get("ref"):
                    found.append(_attachment(values))
        return tuple(found)


def _attachment(values: Mapping[str, Any]) -> Attachment:
    try:
        return Attachment(
            name=text(values.get("name")) or "file",
            mime=text(values.get("mime")).partition(";")[0] or "application/octet-stream",
            size=int(values.get("size") or 0),
            url=text(values.get("url")),
            ref=text(values.get("ref")),
            note=text(values.get("note")),
        )
    except (ValueError, TypeError) as error:
        raise Malformed(f"an attachment cannot be read: {error}") from None


def _message(event: _Event) -> Event:
    references = event.get("references")
    listed = references if isinstance(references, list) else [references] if references else []
    return InboundMessage(
        external_id=event.needed("id"),
        sender=event.person("sender"),
        at=event.at(),
        text=event.text("text"),
        html=event.text("html"),
        subject=event.text("subject"),
        thread=event.text("thread"),
        choice=event.text("choice"),
        references=tuple(str(one) for one in listed if one),
        attachments=event.attachments(),
        machine=event.text("machine"),
        outbound=event.get("outbound") is True,
        kind=event.text("kind") or "message",
    )


def _call(event: _Event) -> Event:
    call_id, step = event.needed("call_id"), event.needed("step")
    try:
        known = Step(step)
    except ValueError:
        raise Unsupported(f"a call step “{step[:60]}”") from None
    duration = event.get("duration")
    return CallStep(
        call_id=call_id,
        key=event.text("key") or _step_key(event, known),
        step=known,
        at=event.at(),
        caller=event.person("caller"),
        outbound=event.get("outbound") is True,
        number=event.text("number"),
        user=event.text("user"),
        duration=max(0, duration) if isinstance(duration, int) else None,
        outcome=event.text("outcome"),
        recording_url=event.text("recording_url"),
    )


def _step_key(event: _Event, step: Step) -> str:
    """A step's own name where the provider gives none: what it says, so that a repeat is the same."""
    said = orjson.dumps(event.root["body"], option=orjson.OPT_SORT_KEYS)
    return f"{step.value}:{sha256(said).hexdigest()[:24]}"


def _receipt(event: _Event) -> Event:
    state = event.needed("state")
    try:
        known = ReceiptState(state)
    except ValueError:
        return Ignored(reason=f"A receipt says “{state[:60]}”, which shows nothing new.")
    return Receipt(external_id=event.needed("id"), state=known, at=event.at(), reason=event.text("reason"))


def _presence(event: _Event) -> Event:
    return Presence(
        sender=event.person("sender"), what=event.text("what") or "typing", thread=event.text("thread")
    )


def _ignore(event: _Event) -> Event:
    return Ignored(reason=str(event.case.fields["reason"]))


_MAKERS: dict[str, Callable[[_Event], Event]] = {
    "message": _message,
    "call": _call,
    "receipt": _receipt,
    "presence": _presence,
    "ignore": _ignore,
}


def _kind_of(root: Root) -> str:
    event = root["event"]
    if isinstance(event, dict):
        for name in ("type", "event", "field", "kind"):
            if isinstance(event.get(name), str):
                return f"{name} “{event[name][:60]}”"
        return "an event with " + ", ".join(sorted(str(key) for key in event)[:8])
    return "an event of an unknown shape"
