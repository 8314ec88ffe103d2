"""How many conversations each view has."""

from __future__ import annotations

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.views import counter_store as store
from inbox.views.counter_store import Counted
from inbox.views.model import VIEWS


async def counters(conn: Conn, viewer: Viewer) -> dict[str, tuple[int, int]]:
    """`(conversations, of them unread)` of each view; constant cost."""
    viewer.require_customers()
    totals = {view: [0, 0] for view in VIEWS}
    for counted in await store.counted(conn, viewer.sql_id):
        for view in _views_of(counted, viewer):
            totals[view][0] += counted.waiting if view == "waiting" else counted.n
            totals[view][1] += counted.unread
    return {view: (n, unread) for view, (n, unread) in totals.items()}


async def fold_counters(conn: Conn) -> None:
    """Sum the appended differences up; any process, any time."""
    await store.fold(conn)


def _views_of(counted: Counted, viewer: Viewer) -> list[str]:
    if counted.state != "open":
        return [counted.state]
    views = ["all", "waiting"]
    if counted.assignee_id == viewer.user_id:
        views.append("mine")
    if counted.assignee_id == 0:
        views.append("unassigned")
    return views
