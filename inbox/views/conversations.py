"""Lists of conversations, and one as a whole. Permission is part of every look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.views import conversation_store as store
from inbox.views.conversation_store import Place
from inbox.views.model import VIEWS, ConversationDetails, ConversationRow
from values.errors import Invalid, NotFound
from values.paging import Page, decode, encode
from values.sentences import phrase

STATES = {
    "mine": ["open"],
    "unassigned": ["open"],
    "all": ["open"],
    "snoozed": ["snoozed"],
    "closed": ["closed"],
}


async def list_conversations(
    conn: Conn, viewer: Viewer, *, view: str = "all", after: str | None = None, limit: int = 50
) -> Page[ConversationRow]:
    """One view of the list, newest first (`waiting`: longest waiting first). Raises Invalid for an unknown view."""
    viewer.require_customers()
    _known(view)
    place = _place(after)
    if view == "waiting":
        found = await store.waiting(conn, viewer.sql_id, after=place, limit=limit + 1)
        return _page(found, limit, by="waiting_since")
    assignees = _assignees(viewer, view)
    if assignees is None:
        found = await store.everybodys(conn, STATES[view], after=place, limit=limit + 1)
    else:
        found = await store.of_assignees(conn, assignees, STATES[view], after=place, limit=limit + 1)
    return _page(found, limit, by="last_at")


async def ids(conn: Conn, viewer: Viewer, *, view: str, limit: int) -> list[int]:
    """The ids of a view's conversations, newest first. Raises Invalid for an unknown view."""
    viewer.require_customers()
    _known(view)
    states = STATES.get(view, ["open"])
    return await store.ids(
        conn, viewer.sql_id, states, _assignees(viewer, view), waiting=view == "waiting", limit=limit
    )


async def get(conn: Conn, viewer: Viewer, id_: int) -> ConversationDetails:
    """Raises NotFound also for a colleague's."""
    viewer.require_customers()
    found = await store.get(conn, viewer.sql_id, id_)
    if found is None:
        raise NotFound(phrase("There is no such conversation, or it is a colleague's."))
    return found


async def rows(conn: Conn, viewer: Viewer, ids: Sequence[int]) -> list[ConversationRow]:
    """Those of these conversations that the viewer may see, in no order (live pushes)."""
    viewer.require_customers()
    return await store.by_ids(conn, viewer.sql_id, ids)


async def for_contact(
    conn: Conn, viewer: Viewer, identity_ids: Sequence[int], *, limit: int = 50
) -> list[ConversationRow]:
    """Conversations of a person over all channels, as far as the viewer may see them."""
    viewer.require_customers()
    return await store.of_contact(conn, viewer.sql_id, identity_ids, limit=limit)


async def of_colleagues(conn: Conn, viewer: Viewer, identity_ids: Sequence[int]) -> int:
    """How many more there are that the viewer may not read: said, so that nobody takes a customer for a stranger."""
    viewer.require_customers()
    return await store.count_of_colleagues(conn, viewer.sql_id, identity_ids)


def _known(view: str) -> None:
    if view not in VIEWS:
        raise Invalid(
            phrase("There is no view “{view}”. Known: {views}.", view=view, views=", ".join(VIEWS)),
            field="view",
        )


def _assignees(viewer: Viewer, view: str) -> list[int] | None:
    """The assignees whose conversations a view shows; None is everybody's."""
    if view == "mine":
        return [viewer.user_id or -1]
    if view == "unassigned":
        return [0]
    return None if viewer.sql_id is None else [0, viewer.sql_id]


def _place(after: str | None) -> Place:
    if not after:
        return None, 0
    at, id_ = decode(after, str, int)
    try:
        return datetime.fromisoformat(at), id_
    except ValueError:
        raise Invalid(
            phrase("This page address is damaged; begin at the first page."), field="after"
        ) from None


def _page(found: list[ConversationRow], limit: int, *, by: str) -> Page[ConversationRow]:
    items = found[:limit]
    if len(found) <= limit or not items:
        return Page(items=items, next=None)
    return Page(items=items, next=encode(getattr(items[-1], by).isoformat(), items[-1].id))
