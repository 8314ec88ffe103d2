"""Looking at calls: lists, one call, who waits to be called back, what goes on now. Permission is part of every look."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.users.model import Viewer
from inbox.calls import listing_store as store
from inbox.calls.rows import VIEWS, CallRow, StepRow, Waiting
from values.errors import Invalid, NotFound
from values.paging import Page, capped, decode, encode
from values.sentences import phrase

NO_CALL = phrase("There is no such call, or it is a colleague's.")
MOST_WAITING = 500


async def list_calls(
    conn: Conn,
    viewer: Viewer,
    *,
    view: str = "all",
    user_id: int | None = None,
    number: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[CallRow]:
    """Calls, newest first; of one person (taken by them, or theirs to take), and to one of our numbers, if asked."""
    viewer.require_customers()
    if view not in VIEWS:
        raise Invalid(phrase("There is no such list."), field="view")
    at, last = _place(after)
    limit = capped(limit)
    found = await store.listed(
        conn,
        viewer.sql_id,
        before=(at, last),
        view=view,
        user_id=user_id,
        number=number,
        limit=limit + 1,
    )
    items = found[:limit]
    more = encode(items[-1].started_at.isoformat(), items[-1].id) if len(found) > limit else None
    return Page(items=items, next=more)


async def get(conn: Conn, viewer: Viewer, id_: int) -> CallRow:
    viewer.require_customers()
    call = await store.get(conn, viewer.sql_id, id_)
    if call is None:
        raise NotFound(NO_CALL)
    return call


async def of_contact(conn: Conn, viewer: Viewer, root_id: int, *, limit: int = 10) -> list[CallRow]:
    viewer.require_customers()
    return await store.of_contact(conn, viewer.sql_id, root_id, limit=limit)


async def going_on(conn: Conn, viewer: Viewer) -> list[CallRow]:
    """Calls that ring or talk now, and the viewer's own that have just ended without a word on them."""
    viewer.require_customers()
    return await store.going_on(conn, viewer.sql_id, user_id=viewer.user_id)


async def steps(conn: Conn, viewer: Viewer, id_: int) -> list[StepRow]:
    await get(conn, viewer, id_)
    return await store.steps(conn, id_)


async def of_recording(conn: Conn, file_id: UUID) -> int | None:
    """The call whose recording this file is."""
    return await store.of_recording(conn, file_id)


async def numbers(conn: Conn) -> list[str]:
    """Our numbers that were ever called or called from."""
    return await store.numbers(conn)


async def waiting(conn: Conn, viewer: Viewer, *, user_id: int | None = None) -> list[Waiting]:
    """Who rang in vain and was not reached since, the most pressing first; of one person and nobody's, if asked."""
    viewer.require_customers()
    due = await tasks.call_backs(conn, viewer, user_id=user_id, limit=MOST_WAITING)
    roots = [task.root_id for task in due if task.root_id]
    told = {each.contact_id: each for each in await store.rung(conn, roots)}
    return [
        Waiting(
            **asdict(told[task.root_id]),
            task_id=task.id,
            contact_name=task.contact_name,
            assignee_id=task.assignee_id,
            assignee_name=task.assignee_name,
            due_at=task.due_at,
        )
        for task in due
        if task.root_id in told
    ]


def _place(after: str | None) -> tuple[datetime | None, int | None]:
    if not after:
        return None, None
    parts: list[Any] = decode(after, str, int)
    try:
        return datetime.fromisoformat(parts[0]), parts[1]
    except ValueError:
        raise Invalid(
            phrase("This page address is damaged; begin at the first page."), field="after"
        ) from None
