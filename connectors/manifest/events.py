"""What one event becomes under its case: a message, a change of one, a notice, a step of a call, a receipt. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson

from connectors.contract import (
    Alarm,
    Attachment,
    CallStep,
    Change,
    Event,
    Ignored,
    InboundMessage,
    Malformed,
    Notice,
    Presence,
    Receipt,
    ReceiptState,
    Revision,
    Source,
    Step,
    Ticket,
    Unsupported,
)
from connectors.manifest.occasion import Occasion
from connectors.manifest.values import text
from connectors.phones import number_of
from values.sentences import phrase

MOST_FIELDS = 100
LONGEST_NAME, LONGEST_VALUE = 200, 2_000


def listed(found: Any) -> list[Any]:
    """A list as it is, one thing as a list of it, nothing as an empty one."""
    return found if isinstance(found, list) else [] if found is None else [found]


def _message(it: Occasion) -> Event:
    references = it.get("references")
    return InboundMessage(
        external_id=it.id("id"),
        sender=it.person(anonymous=it.id("id"), needs_number=True),
        at=it.at(),
        text=it.text("text"),
        html=it.text("html"),
        subject=it.text("subject"),
        thread=it.id("thread", needed=False),
        choice=it.text("choice"),
        references=tuple(str(one)[:500] for one in listed(references) if isinstance(one, str | int) and one),
        attachments=_attachments(it),
        machine=it.text("machine"),
        outbound=it.get("outbound") is True,
        kind=it.text("kind") or "message",
        fields=_fields(it),
        source=_source(it),
        ticket=_ticket(it),
    )


def _ticket(it: Occasion) -> Ticket | None:
    """What the event leaves for an answer; None where any of it is missing. Its time runs from when the event happened."""
    if not it.case.answer:
        return None
    fields = {
        name: it.said(asked(it.root), name=name)[:LONGEST_VALUE] for name, asked in it.case.answer.items()
    }
    if not all(fields.values()):
        return None
    began = min(it.at(), it.raw.received_at)
    return Ticket(
        fields=fields, until=began + timedelta(seconds=it.case.answer_within), is_once=it.case.answer_once
    )


def _fields(it: Occasion) -> dict[str, str]:
    """Further answers in their order; one of several parts is written on one line."""
    found: dict[str, str] = {}
    for parts in it.case.answers:
        each = parts.get("each")
        for item in listed(each(it.root)) if each else [it.root["event"]]:
            root = {**it.root, "item": item}
            if whole := parts.get("all"):
                pairs = _pairs(whole(root))
            else:
                pairs = [(it.said(parts["name"](root), name=phrase("a field")), parts["value"](root))]
            for name, value in pairs[:MOST_FIELDS]:
                if name and (said := _said(value)) and len(found) < MOST_FIELDS:
                    found[name[:LONGEST_NAME]] = said
    return found


def _pairs(value: Any) -> list[tuple[str, Any]]:
    return [(str(name), one) for name, one in value.items()] if isinstance(value, dict) else []


def _said(value: Any, depth: int = 0) -> str:
    """A value of any shape as words."""
    if isinstance(value, list) and depth < 4:
        return ", ".join(filter(None, (_said(one, depth + 1) for one in value[:MOST_FIELDS])))[:LONGEST_VALUE]
    if isinstance(value, dict) and depth < 4:
        said = ((str(name), _said(one, depth + 1)) for name, one in list(value.items())[:MOST_FIELDS])
        return ", ".join(f"{name}: {one}" for name, one in said if one)[:LONGEST_VALUE]
    return text(value)[:LONGEST_VALUE] if isinstance(value, str | int | float | bool) else ""


def _source(it: Occasion) -> Source | None:
    """Where the request came from; None where the event says nothing of it."""
    said = {name: it.said(ask(it.root), name=name)[:LONGEST_VALUE] for name, ask in it.case.source.items()}
    told = {name: value for name, value in said.items() if value}
    if not told:
        return None
    return Source(
        utm={name.removeprefix("utm."): value for name, value in told.items() if name.startswith("utm.")},
        referrer=told.get("referrer", ""),
        landing_page=told.get("landing_page", ""),
        page=told.get("page", ""),
    )


def _revision(it: Occasion) -> Event:
    id_, said = it.id("id"), it.needed("change").lower()
    try:
        change = Change(said)
    except ValueError:
        raise Unsupported(phrase("a change of a message, “{said}”", said=said[:60])) from None
    sender, at = it.person(anonymous=id_, needs_number=True), it.at()
    words, html = it.text("text"), it.text("html")
    instead = None
    if change is Change.EDITED and (words or html):
        instead = InboundMessage(
            external_id=id_, sender=sender, at=at, text=words, html=html, kind="edit",
            thread=it.id("thread", needed=False), outbound=it.get("outbound") is True,
        )  # fmt: skip
    felt = (one for one in listed(it.get("reactions")) if isinstance(one, str))
    return Revision(
        external_id=id_,
        sender=sender,
        change=change,
        at=at,
        text=words,
        html=html,
        reactions=tuple(one.strip()[:20] for one in felt if one.strip()),
        instead=instead,
    )


def _notice(it: Occasion) -> Event:
    reachable, refuses = it.get("reachable"), it.get("refuses")
    return Notice(
        key=it.id("key"),
        sender=it.person(needs_number=True),
        at=it.at(),
        text=it.needed("text")[:LONGEST_VALUE],
        thread=it.id("thread", needed=False),
        reachable=reachable if isinstance(reachable, bool) else None,
        refuses=refuses if isinstance(refuses, bool) else None,
        becomes=it.becomes(),
        moves_to=it.id("moves_to", needed=False),
    )


def _attachments(it: Occasion) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for parts in it.case.attachments:
        each = parts.get("each")
        for item in listed(each(it.root)) if each else [it.root["event"]]:
            values = {name: ask({**it.root, "item": item}) for name, ask in parts.items() if name != "each"}
            if values.get("url") or values.get("ref") or values.get("content"):
                found.append(_attachment(it, values))
            if len(found) > 100:
                raise Malformed(phrase("it has more than 100 attachments"))
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
        raise Unsupported(phrase("a step of a call, “{said}”", said=said[:60])) from None
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
        return Ignored(reason=phrase("A receipt that shows nothing new."))
    try:
        known = ReceiptState(state)
    except ValueError:
        raise Unsupported(phrase("a receipt “{state}”", state=state[:60])) from None
    return Receipt(external_id=it.id("id"), state=known, at=it.at(), reason=it.text("reason"))


def _presence(it: Occasion) -> Event:
    return Presence(
        sender=it.person(needs_number=True),
        what=it.text("what") or "typing",
        thread=it.id("thread", needed=False),
    )


def _ignore(it: Occasion) -> Event:
    return Ignored(reason=it.case.reason)


def _alarm(it: Occasion) -> Event:
    return Alarm(reason=it.needed("text")[:LONGEST_VALUE])


MAKERS: dict[str, Callable[[Occasion], Event]] = {
    "message": _message,
    "revision": _revision,
    "notice": _notice,
    "call": _call,
    "receipt": _receipt,
    "presence": _presence,
    "ignore": _ignore,
    "alarm": _alarm,
}
