"""The left pane: one view of the conversations, its counters, search, and the next rows when one scrolls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import User
from hub.web.context import transaction, user, viewer
from hub.web.inbox import views
from hub.web.render import page
from inbox.actions import tag_store
from inbox.views import queries
from inbox.views.model import ConversationRow
from values.paging import Page

PAGE_SIZE = 40
MAX_QUERY = 200


async def show(request: web.Request) -> web.StreamResponse:
    """The inbox without an open conversation."""
    async with transaction(request) as conn:
        values = await list_values(conn, request)
    return page(request, "inbox/page.html", conversation=None, **values)


async def rows(request: web.Request) -> web.StreamResponse:
    """The list alone: another view, a search, the next rows, or everything again after the line was down."""
    async with transaction(request) as conn:
        values = await list_values(conn, request)
    template = "inbox/rows.html" if request.query.get("after") else "inbox/list.html"
    return page(request, template, conversation=None, **values)


async def list_values(conn: Conn, request: web.Request) -> Mapping[str, Any]:
    """What the list's template needs."""
    view, query = views.chosen(request), request.query.get("q", "").strip()[:MAX_QUERY]
    return {
        "view": view,
        "views": tuple(views.KNOWN.values()),
        "query": query,
        "counters": await queries.counters(conn, viewer(request)),
        "rows": await _rows(conn, request, view, query),
        "order": views.order,
        "me": user(request).id,
        "people": await people(conn),
        "known_tags": await tag_store.known(conn),
    }


async def people(conn: Conn) -> list[User]:
    """Who may have conversations."""
    return [person for person in await users.list_users(conn) if person.is_active and person.can("customers")]


async def _rows(conn: Conn, request: web.Request, view: views.View, query: str) -> Page[ConversationRow]:
    if query:
        found = await queries.search(conn, viewer(request), query, limit=PAGE_SIZE)
        return Page(items=[hit.row for hit in found], next=None)
    return await queries.list_conversations(
        conn, viewer(request), view=view.name, after=request.query.get("after"), limit=PAGE_SIZE
    )
