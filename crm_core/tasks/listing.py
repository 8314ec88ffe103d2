"""Lists of tasks by when they are due, in the reader's day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_core.catalogue import listing
from crm_core.catalogue.listing import Listed
from crm_core.fields import service as own_fields
from crm_core.search import parse
from crm_core.sql import Conn
from crm_core.tasks import store
from crm_core.tasks.model import SCOPES, Task
from crm_core.users.model import Viewer
from values.errors import Invalid
from values.paging import LARGEST, Page, capped, decode, encode
from values.sentences import phrase

EVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


async def list_tasks(
    conn: Conn,
    viewer: Viewer,
    *,
    scope: str = "open",
    mine: bool = False,
    timezone: str = "UTC",
    now: datetime | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Task]:
    """A page of tasks. `overdue` is past its time, `today` is due this day (in `timezone`) or was, `upcoming` is later,
    `open` is everything with a date, `undated` without, `done` newest first, `all` newest first; `mine` leaves out
    nobody's and colleagues'."""
    if scope not in SCOPES:
        raise Invalid(
            phrase("The scope is today, overdue, upcoming, undated, open, done or all."), field="scope"
        )
    sees, limit = viewer.scope(), capped(limit)
    assignees = await _assignees(conn, viewer, mine=mine)
    if scope in ("undated", "all"):
        found = await _by_id(conn, sees, assignees, scope=scope, after=after, limit=limit + 1)
        keys = [(task.id,) for task in found]
    elif scope == "done":
        found = await store.past(conn, sees, assignees, before=_position(after, EVER[1]), limit=limit + 1)
        keys = [(_iso(task.done_at), task.id) for task in found]
    else:
        span = _span(scope, now or datetime.now(UTC), timezone)
        found = await store.due_between(
            conn, sees, assignees, span=span, after=_position(after, EVER[0]), limit=limit + 1
        )
        keys = [(_iso(task.due_at), task.id) for task in found]
    items = await own_fields.told(conn, "task", found[:limit])
    return Page(items=items, next=encode(*keys[limit - 1]) if len(found) > limit else None)


async def filtered(
    conn: Conn, viewer: Viewer, listed: Listed, *, after: str | None = None, limit: int = 50
) -> Page[Task]:
    """A page of the tasks that pass a filter, in its order."""
    page = await listing.ids(conn, viewer, listed, after=after, limit=limit)
    found = await store.among(conn, page.items)
    return Page(items=await own_fields.told(conn, "task", found), next=page.next)


async def search(conn: Conn, viewer: Viewer, query: str, *, limit: int = 50) -> list[Task]:
    """Tasks by their titles and notes, the open ones first."""
    wanted = parse(query)
    if wanted is None:
        return []
    found = await store.search(conn, viewer.scope(), wanted.texts, limit=capped(limit))
    return await own_fields.told(conn, "task", found)


async def counters(
    conn: Conn, viewer: Viewer, *, timezone: str = "UTC", now: datetime | None = None
) -> tuple[int, int]:
    """The viewer's own tasks that are overdue, and those due later today."""
    viewer.require_customers()
    now = now or datetime.now(UTC)
    _, tomorrow = _span("today", now, timezone)
    return await store.count(conn, viewer.user_id or 0, now=now, tomorrow=tomorrow)


async def _by_id(
    conn: Conn, sees: int | None, assignees: list[int], *, scope: str, after: str | None, limit: int
) -> list[Task]:
    cursor = decode(after, int)[0] if after else None
    if scope == "undated":
        return await store.undated(conn, sees, assignees, after=cursor or 0, limit=limit)
    return await store.every(conn, sees, assignees, before=cursor or LARGEST, limit=limit)


async def _assignees(conn: Conn, viewer: Viewer, *, mine: bool) -> list[int]:
    scope = viewer.scope()
    if mine:
        return [viewer.user_id or 0]
    return await store.assignees(conn) if scope is None else [0, scope]


def _span(scope: str, now: datetime, timezone: str) -> tuple[datetime, datetime]:
    zone = _zone(timezone)
    day = now.astimezone(zone).date()
    today = datetime.combine(day, time.min, zone).astimezone(UTC)
    tomorrow = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
    spans = {"overdue": (EVER[0], now), "today": (today, tomorrow), "upcoming": (tomorrow, EVER[1])}
    return spans.get(scope, EVER)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(phrase("This time zone is not known."), field="timezone") from None


def _position(after: str | None, start: datetime) -> tuple[datetime, int]:
    if not after:
        return start, 0
    at, id_ = decode(after, str, int)
    try:
        parsed = datetime.fromisoformat(at)
    except ValueError:
        parsed = start
    return (parsed if parsed.tzinfo else start), id_


def _iso(at: datetime | None) -> str:
    return (at or EVER[0]).isoformat()
