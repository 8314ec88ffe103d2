"""What calls came to in a span of time: answered, missed, reached later, waiting; by person, by number, by hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.calls import statistics_store as store
from inbox.calls.statistics_store import Figures, Hour, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """`later` of the missed were talked with after all, half of them within `later_after` seconds."""

    total: Figures
    later: int
    later_after: float | None
    users: list[Figures]
    numbers: list[Figures]
    hours: list[Hour]


async def statistics(
    conn: Conn, viewer: Viewer, *, since: datetime, until: datetime, timezone: str
) -> Statistics:
    """Of the calls that the viewer may see."""
    viewer.require_customers()
    span = Span(viewer_id=viewer.sql_id, since=since, until=until)
    later, later_after = await store.reached_later(conn, span)
    found = {each.hour: each for each in await store.by_hour(conn, span, timezone=timezone)}
    return Statistics(
        total=await store.total(conn, span),
        later=later,
        later_after=later_after,
        users=await store.by_user(conn, span),
        numbers=await store.by_number(conn, span),
        hours=[found.get(hour, Hour(hour=hour, answered=0, missed=0)) for hour in range(24)],
    )
