"""Lists of calls: who waits to be called back, all, missed, answered, outgoing; mine or everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from crm_core.sql import Conn
from hub.web.context import is_fragment, runtime, transaction, user, viewer
from hub.web.render import page
from hub.wording.i18n import N_
from inbox.calls import listing
from inbox.calls.dialling import can_dial
from values.texts import storable

TABS = (
    ("waiting", N_("To call back")),
    ("all", N_("All calls")),
    ("missed", N_("Missed calls")),
    ("answered", N_("Answered")),
    ("outgoing", N_("Outgoing")),
)
PAGE_SIZE = 50


async def show(request: web.Request) -> web.StreamResponse:
    """A list; `after` brings more rows of it, `list` the list alone."""
    look = _look(request)
    async with transaction(request) as conn:
        values = await _values(conn, request, look)
    if is_fragment(request) and "after" in request.query:
        return page(request, "calls/rows.html", **look, **values)
    if is_fragment(request) and "list" in request.query:
        return page(request, "calls/list.html", **look, **values)
    return page(request, "calls/page.html", tabs=TABS, **look, **values)


async def _values(conn: Conn, request: web.Request, look: Mapping[str, Any]) -> dict[str, Any]:
    mine = user(request).id if look["whose"] == "mine" else None
    shared = {"can_dial": bool(can_dial(runtime(request).directory))}
    if look["view"] == "waiting":
        people = await listing.waiting(conn, viewer(request), user_id=mine)
        return {**shared, "people": people, "found": None, "numbers": []}
    found = await listing.list_calls(
        conn,
        viewer(request),
        view=look["view"],
        user_id=mine,
        number=look["number"],
        after=request.query.get("after") or None,
        limit=PAGE_SIZE,
    )
    return {**shared, "found": found, "people": [], "numbers": await listing.numbers(conn)}


def _look(request: web.Request) -> dict[str, str]:
    query = request.query
    view = query.get("view", "waiting")
    return {
        "view": view if view in dict(TABS) else "waiting",
        "whose": "mine" if query.get("whose") == "mine" else "all",
        "number": storable(query.get("number", ""))[:100],
    }
