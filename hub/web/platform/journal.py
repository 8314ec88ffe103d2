"""The journal of raw inputs and its quarantine: looking, processing again, dismissing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from aiohttp import web

from connectors.contract import Event
from crm_core.sql import Conn
from hub.audit import service as audit
from hub.peers import peer
from hub.web import flashes
from hub.web import forms as read
from hub.web.context import ident, runtime, transaction, user, viewer
from hub.web.flashes import Flash
from hub.web.posted import posted
from hub.web.render import page, see_other
from hub.wording.i18n import N_, gettext
from hub.work import kinds
from hub.work import service as work
from hub.work.kind import Kind
from inbox import quarantine
from inbox.channels import service as channels
from inbox.intake.model import Entry, Stored
from inbox.process.parse import raw_of, understand
from values.texts import storable

AT_ONCE = 200
"""Inputs that are settled while one waits."""
SHOWN_BYTES = 64 * 1024
MOST_EVENTS = 20
STATES = {
    "pending": N_("Waiting"),
    "processed": N_("Processed"),
    "duplicate": N_("A repeat"),
    "ignored": N_("Left out"),
    "quarantined": N_("In quarantine"),
    "partly": N_("Partly in quarantine"),
}
GROUPS = 50
_GONE = N_("These inputs are not in quarantine any more: somebody replayed or dismissed them.")
TONES = {
    "pending": "info",
    "processed": "good",
    "duplicate": "",
    "ignored": "",
    "quarantined": "bad",
    "partly": "bad",
}


async def show(request: web.Request) -> web.StreamResponse:
    slug, state = request.query.get("channel", ""), request.query.get("state", "")
    async with transaction(request) as conn:
        rows = await channels.list_channels(conn)
        chosen = next((row for row in rows if row.slug == slug), None)
        found = await quarantine.list_journal(
            conn,
            channel_id=chosen.id if chosen else None,
            states=[state] if state in STATES else None,
            after=request.query.get("after", ""),
        )
    return page(
        request,
        "platform/journal.html",
        found=found,
        channels=rows,
        chosen=chosen.slug if chosen else "",
        state=state,
        states=STATES,
        tones=TONES,
    )


async def entry(request: web.Request) -> web.StreamResponse:
    """One input. Its content is a customer's: operations see it only while it is in quarantine."""
    async with transaction(request) as conn:
        found = await quarantine.show(conn, ident(request))
    is_open = user(request).can("journal contents") or found.row.state in quarantine.UNREAD
    events, fault = await _understood(request, found) if is_open else ([], "")
    text, is_text = _text(found.body)
    meta = dict(found.meta)
    headers = meta.pop("headers", None) or {}
    return page(
        request,
        "platform/entry.html",
        entry=found,
        row=found.row,
        is_open=is_open,
        is_text=is_text,
        text=text if is_open else "",
        is_cut=len(found.body) > SHOWN_BYTES,
        meta={name: value for name, value in meta.items() if value} if is_open else {},
        headers=headers if is_open else {},
        events=events[:MOST_EVENTS],
        more_events=max(len(events) - MOST_EVENTS, 0),
        fault=fault,
        state_label=gettext(STATES.get(found.row.state, found.row.state)),
        tone=TONES.get(found.row.state, ""),
        done=request.query.get("done", ""),
    )


async def again(request: web.Request) -> web.StreamResponse:
    """Let one input be processed again; whatever it made already is not made twice."""
    async with transaction(request) as conn:
        if not await quarantine.process_again(conn, ident(request)):
            return _back(request, f"/journal/{ident(request)}", N_("This input is being processed already."))
        await _record(conn, request, "journal.processed_again", target=str(ident(request)), count=1)
    return see_other(request, f"/journal/{ident(request)}?done=again")


def _back(request: web.Request, address: str, sentence: str) -> web.StreamResponse:
    """Nothing was done, and the page says why."""
    response = see_other(request, address)
    flashes.keep(request, response, Flash(text=gettext(sentence), icon="alert"))
    return response


async def show_quarantine(request: web.Request) -> web.StreamResponse:
    slug, reason = request.query.get("channel", ""), request.query.get("reason")
    async with transaction(request) as conn:
        rows = await channels.list_channels(conn)
        chosen = next((row for row in rows if row.slug == slug), None)
        found = await quarantine.list_journal(
            conn,
            channel_id=chosen.id if chosen else None,
            states=quarantine.UNREAD,
            reason=reason[:200] if reason is not None else None,
            after=request.query.get("after", ""),
        )
        groups = await quarantine.groups(conn, limit=GROUPS)
        total = await quarantine.waiting(conn)
    return page(
        request,
        "platform/quarantine.html",
        found=found,
        groups=groups,
        slugs={row.id: row.slug for row in rows},
        total=total,
        chosen=chosen.slug if chosen else "",
        reason=reason,
        done=request.query.get("done", ""),
        n=request.query.get("n", ""),
    )


async def replay(request: web.Request) -> web.StreamResponse:
    """Chosen ones, one group, or all: back to be processed."""
    return await _settle(request, quarantine.replay, "quarantine.replayed", "replayed", kinds.REPLAY)


async def set_aside(request: web.Request) -> web.StreamResponse:
    return await _settle(request, quarantine.set_aside, "quarantine.set_aside", "aside", kinds.SET_ASIDE)


async def _settle(request: web.Request, verb: Any, action: str, done: str, kind: Kind) -> web.StreamResponse:
    """A handful at once; more than that is a job, whose page shows how far it is."""
    data = await posted(request)
    group = _group(data)
    async with transaction(request) as conn:
        if group is None:
            ids = [_id(str(value), 2**63 - 1) for value in data.getall("id", [])]
        else:
            count, newest = await quarantine.extent(conn, group)
            if count > AT_ONCE:
                payload = {"channel_id": group.channel_id, "reason": group.reason}
                job_id = await work.begin(conn, viewer(request), kind, payload, total=count)
                await _record(conn, request, action, target=f"job {job_id}", count=count)
                return see_other(request, f"/jobs/{job_id}")
            ids = await quarantine.ids_of(conn, group, after=0, newest=newest, limit=AT_ONCE)
        if not ids:
            return _back(request, "/quarantine", N_("Choose at least one input.") if group is None else _GONE)
        count = await verb(conn, ids)
        if not count:
            return _back(request, "/quarantine", _GONE)
        await _record(conn, request, action, target=", ".join(map(str, ids[:20])), count=len(ids))
    return see_other(request, f"/quarantine?done={done}&n={count}")


def _group(data: Any) -> quarantine.Chosen | None:
    """What a form names as a whole; None where it names inputs one by one."""
    if data.get("all"):
        return quarantine.Chosen()
    if not data.get("group"):
        return None
    channel_id, _, reason = str(data["group"]).partition(":")
    return quarantine.Chosen(channel_id=_id(channel_id, 2**31 - 1), reason=storable(reason))


async def _record(conn: Conn, request: web.Request, action: str, *, target: str, count: int) -> None:
    await audit.record(
        conn, action, user_id=user(request).id, peer=peer(request), target=target, data={"count": count}
    )


async def _understood(request: web.Request, found: quarantine.JournalEntry) -> tuple[list[Any], str]:
    """What the connector makes of the input now, nothing of it stored; or why it makes nothing of it."""
    live = runtime(request).directory.by_id(found.row.channel_id)
    if live is None:
        return [], gettext(N_("Its channel was removed, or its connector is not installed."))
    raw = raw_of(
        transport=found.row.transport,
        body=found.body,
        received_at=found.row.received_at,
        key=found.key,
        meta=found.meta,
    )
    seen = await understand(Stored(id=found.row.id, entry=Entry(channel=live, raw=raw, lane=0)))
    return [_plain(event) for event in seen.events or ()], seen.reason


def _plain(event: Event) -> tuple[str, str]:
    """The kind of an event, and its filled fields as JSON."""
    filled = {
        name: value for name, value in asdict(event).items() if value not in ("", None, (), {}, [], False)
    }
    text = orjson.dumps(filled, default=_short, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()
    return type(event).__name__, text[:SHOWN_BYTES]


def _short(value: Any) -> str:
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value)


def _text(body: bytes) -> tuple[str, bool]:
    """The body for reading: as text where it is text, else as a hex dump."""
    head = body[:SHOWN_BYTES]
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        text = (
            head[: error.start].decode("utf-8")
            if len(body) > SHOWN_BYTES and error.start > len(head) - 4
            else None
        )
    if text is not None and not any(ord(char) < 32 and char not in "\r\n\t\x1b" for char in text):
        return text, True
    return _hex(head[: 8 * 1024]), False


def _hex(body: bytes) -> str:
    lines = (body[start : start + 16] for start in range(0, len(body), 16))
    return "\n".join(
        f"{n * 16:06x}  {line.hex(' '):<47}  {''.join(chr(b) if 32 <= b < 127 else '.' for b in line)}"
        for n, line in enumerate(lines)
    )


def _id(text: str, most: int) -> int:
    return read.whole({"id": text}, "id", N_("There is no such input."), maximum=most)
