"""Quarantine: inputs that could not be understood, wholly or partly, with their reason and raw bytes; replayed after a fix."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.sql import Conn
from inbox import ledger
from inbox import quarantine_store as store
from inbox.quarantine_store import Chosen, Group, JournalEntry, JournalRow, Settled
from values.errors import NotFound
from values.paging import Page, decode, encode
from values.sentences import phrase

UNREAD = ("quarantined", "partly")
"""The states in which something of an input waits for a fix."""


async def list_quarantine(
    conn: Conn, *, channel_id: int | None = None, after: str | None = None, limit: int = 50
) -> Page[JournalRow]:
    """Newest first."""
    return await list_journal(conn, channel_id=channel_id, states=UNREAD, after=after, limit=limit)


async def groups(conn: Conn, *, channel_id: int | None = None, limit: int | None = None) -> list[Group]:
    """How many by channel and reason, the most first."""
    return await store.groups(conn, channel_id=channel_id, limit=limit)


async def list_journal(
    conn: Conn,
    *,
    channel_id: int | None = None,
    states: Sequence[str] | None = None,
    reason: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[JournalRow]:
    """Raw inputs, newest first: all, or those in some states. `reason` narrows to one group of the quarantine."""
    before = decode(after, int)[0] if after else None
    found = await store.listed(
        conn, before=before, channel_id=channel_id, states=states, reason=reason, limit=limit + 1
    )
    items = found[:limit]
    return Page(items=items, next=encode(items[-1].id) if len(found) > limit else None)


async def show(conn: Conn, id_: int) -> JournalEntry:
    """One input with its raw bytes. Raises NotFound."""
    entry = await store.get(conn, id_)
    if entry is None:
        raise NotFound(phrase("There is no input {id} in the journal.", id=id_))
    return entry


async def replay(conn: Conn, ids: Sequence[int]) -> int:
    """Let inputs be processed again; returns how many there were. They are taken up within seconds."""
    return await _leave(conn, await store.replay(conn, ids), settles=False)


async def set_aside(conn: Conn, ids: Sequence[int]) -> int:
    """Leave inputs out for good; they stay in the journal and count as ignored, or as processed where a part of them was."""
    held = await store.held(conn, ids)
    reasons = {id_: phrase("Dismissed by a user: {reason}", reason=reason) for id_, reason in held.items()}
    return await _leave(conn, await store.dismiss(conn, reasons), settles=True)


async def process_again(conn: Conn, id_: int) -> bool:
    """Let one settled input be processed once more; what it made already is recognised and not made twice."""
    freed = await store.process_again(conn, id_)
    if freed is not None:
        before = "quarantined" if freed.state == "partly" else freed.state
        await ledger.count(conn, [(freed.channel_id, freed.day, before, -1)])
    return freed is not None


async def ids_of_all(conn: Conn) -> list[int]:
    """The ids of everything in quarantine, oldest first."""
    return await store.ids_of_all(conn)


async def extent(conn: Conn, chosen: Chosen) -> tuple[int, int]:
    """How many there are, and the id of the newest."""
    return await store.extent(conn, chosen)


async def ids_of(conn: Conn, chosen: Chosen, *, after: int, newest: int, limit: int) -> list[int]:
    """Ids behind `after`, oldest first, none younger than `newest`."""
    return await store.ids_of(conn, chosen, after=after, newest=newest, limit=limit)


async def waiting(conn: Conn) -> int:
    """How many inputs are in quarantine."""
    return await store.waiting(conn)


async def _leave(conn: Conn, rows: Sequence[Settled], *, settles: bool) -> int:
    counts = [(row.channel_id, row.day, "quarantined", -1) for row in rows]
    if settles:
        counts += [(row.channel_id, row.day, row.state, 1) for row in rows]
    await ledger.count(conn, counts)
    return len(rows)
