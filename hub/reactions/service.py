"""Looking at runs, and trying again those that failed."""

from __future__ import annotations

from dataclasses import replace

from crm_core import events
from crm_core.sql import Conn
from hub.reactions import store
from hub.reactions.model import Count, Failed, Run
from values.errors import Conflict
from values.paging import Page, capped, decode, encode
from values.sentences import phrase

DONE_DAYS, FAILED_DAYS = 7, 90


async def listed(
    conn: Conn, *, state: str | None = None, after: str | None = None, limit: int = 50
) -> Page[Run]:
    """Newest first."""
    before = decode(after, int)[0] if after else None
    limit = capped(limit)
    runs = await store.listed(conn, state=state, before=before, limit=limit + 1)
    happened = await events.get(conn, [run.fact_id for run in runs[:limit]])
    kinds = {fact.id: fact.kind for fact in happened}
    items = [replace(run, kind=kinds.get(run.fact_id, "")) for run in runs[:limit]]
    return Page(items=items, next=encode(items[-1].id) if len(runs) > limit else None)


async def failed(conn: Conn) -> int:
    """How many wait for somebody to try them again."""
    return await store.failed(conn)


async def failed_by_handler(conn: Conn) -> list[Failed]:
    """How many of each reaction wait for that, and why the latest failed."""
    return await store.failed_by_handler(conn)


async def counts(conn: Conn) -> list[Count]:
    """Runs by handler and state."""
    return await store.counts(conn)


async def repeat(conn: Conn, id_: int) -> None:
    """Raises Conflict for one that has not failed."""
    if not await store.repeat(conn, id_):
        raise Conflict(phrase("This run has not failed, or it is gone."))


async def repeat_all(conn: Conn) -> int:
    return await store.repeat(conn, None)


async def sweep(conn: Conn) -> None:
    await store.sweep(conn, done_days=DONE_DAYS, failed_days=FAILED_DAYS)
