"""The middle of a deal: the contact's conversations, one of them open to answer, or all of them in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.contacts.model import Contact
from crm_core.deals import service as deals
from crm_core.sql import Conn
from hub.web import forms as read
from hub.web.context import ident, runtime, transaction, viewer
from hub.web.forms import Form
from hub.web.inbox import thread
from hub.web.render import page
from inbox.views import queries
from inbox.views.model import ConversationRow
from inbox.views.timeline import timeline

PAGE_SIZE = 40
FIRST = Form(given={"channel_id": "", "subject": "", "text": ""})
"""Writing first, as nobody has begun it yet."""
TALKS = 30


async def values(
    conn: Conn, request: web.Request, contact: Contact | None, *, preferred: int | None, of: str
) -> Mapping[str, Any]:
    """What the middle's templates need. `?conversation=7` opens one, `?conversation=all` is the line of all."""
    if contact is None:
        return {"conversations": (), "conversation": None, "of": of, "is_all": False, "reach": ()}
    rows = await queries.for_contact(conn, viewer(request), contact.identity_ids, limit=TALKS)
    asked = request.query.get("conversation", "")
    is_all = asked == "all" or (not asked and len(rows) > 1)
    chosen = _chosen(rows, asked, preferred)
    base: dict[str, Any] = {
        "conversations": rows,
        "colleagues": await queries.of_colleagues(conn, viewer(request), contact.identity_ids),
        "conversation": None,
        "of": of,
        "is_all": is_all,
        "reach": reach(request, contact),
        "first": FIRST,
        "channels": {row.id: row for row in rows},
    }
    if chosen is None:
        return base
    base |= await thread.conversation_values(conn, request, chosen)
    if is_all:
        found = await timeline(conn, viewer(request), contact.identity_ids, limit=PAGE_SIZE)
        base |= {"messages": found, "has_older": len(found) == PAGE_SIZE}
    return base


async def earlier(request: web.Request) -> web.StreamResponse:
    """What was said before, on all channels."""
    before = request.query.get("before", "")
    async with transaction(request) as conn:
        contact_id = ident(request)
        if request.match_info["of"] == "deals":
            contact_id = (await deals.get(conn, viewer(request), contact_id)).contact_id
        contact = await contacts.get(conn, viewer(request), contact_id)
        rows = await queries.for_contact(conn, viewer(request), contact.identity_ids, limit=TALKS)
        found = await timeline(
            conn,
            viewer(request),
            contact.identity_ids,
            before=read.id_in(before),
            limit=PAGE_SIZE,
        )
    return page(
        request,
        "people/timeline.html",
        messages=found,
        has_older=len(found) == PAGE_SIZE,
        of=f"/{request.match_info['of']}/{ident(request)}",
        channels={row.id: row for row in rows},
    )


def reach(request: web.Request, contact: Contact) -> list[Any]:
    """Channels on which one may write to this contact first."""
    kinds = {handle.kind for handle in contact.handles if not handle.unreachable}
    return [
        live
        for live in runtime(request).directory
        if live.connector.spec.abilities.replies and live.connector.spec.handle_kind in kinds
    ]


def _chosen(rows: list[ConversationRow], asked: str, preferred: int | None) -> int | None:
    """The one asked for; else where the customer waits or spoke last; else the deal's own."""
    ids = [row.id for row in rows]
    if (id_ := read.id_in(asked)) in ids:
        return id_
    waiting = [row.id for row in rows if row.waiting_since and row.state == "open"]
    living = [row.id for row in rows if row.state != "closed"]
    return next(iter((*waiting, *(id_ for id_ in (preferred,) if id_ in living), *living, *ids)), None)
