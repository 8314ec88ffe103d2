"""Reading facts one after another, so that nobody misses one that was committed late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from crm_core.feed import store
from crm_core.feed.model import Place, Told
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Conflict
from values.paging import Page, capped, decode, encode
from values.sentences import phrase

DAYS: Final = 30
LATEST: Final = "latest"


class Expired(Conflict):
    """The place is older than the feed reaches: something between may be missing."""


async def events(
    conn: Conn, viewer: Viewer, kinds: Sequence[str], *, after: str | None, limit: int
) -> Page[Told]:
    """The next facts and the place behind them, which is always given: ask again from there, whenever you like.

    Without `after` from the oldest of 30 days on; with `latest` from now on. Raises Expired for a place that is too old.
    """
    viewer.require_customers()
    limit = capped(limit)
    place = await _place(conn, after)
    if after == LATEST:
        return Page(items=[], next=encode(place.tx, place.id))
    horizon = await store.horizon(conn)
    found = await store.after(conn, viewer.scope(), place, kinds, limit=limit)
    end = found[-1].place if found else place
    if len(found) < limit:
        end = max(end, Place(horizon - 1, 2**62))
    return Page(items=found, next=encode(end.tx, end.id))


async def _place(conn: Conn, after: str | None) -> Place:
    if after == LATEST:
        return Place(await store.horizon(conn) - 1, 2**62)
    if after is None:
        first = await store.beginning(conn, days=DAYS)
        return Place(first.tx, first.id - 1) if first else Place(0, 0)
    place = Place(*decode(after, int, int))
    at = await store.next_at(conn, place)
    if at is not None and at < datetime.now(UTC) - timedelta(days=DAYS):
        raise Expired(
            phrase(
                "This place is older than {days} days. Read the lists anew and go on from “latest”.",
                days=DAYS,
            )
        )
    return place
