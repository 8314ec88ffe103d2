"""Quarantine: inputs that could not be understood, wholly or partly, with their reason and raw bytes; replayed after a fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from crm_core.sql import Conn
from inbox import ledger
from values.errors import NotFound
from values.kept import kept, read_kept, read_kept_in
from values.paging import Page, decode, encode
from values.sentences import phrase

LIST: LiteralString = """
    SELECT j.id, j.channel_id, c.slug, c.name, j.received_at, j.reason, j.transport, length(j.body) AS size, j.attempts,
           j.state
      FROM inbox_journal j LEFT JOIN inbox_channel c ON c.id = j.channel_id
     WHERE ($1::bigint IS NULL OR j.id < $1) AND ($3::int IS NULL OR j.channel_id = $3)
       AND ($4::text[] IS NULL OR j.state = ANY($4))
       AND ($5::text IS NULL
            OR (left(split_part(j.reason, E'\\x02', 1), 200) = left($5, 200) AND j.state IN ('quarantined', 'partly')))
     ORDER BY j.id DESC LIMIT $2"""
GROUPS: LiteralString = """
    SELECT j.channel_id, coalesce(c.slug, '#' || j.channel_id) AS slug, coalesce(c.name, '#' || j.channel_id) AS name,
           max(j.reason) AS reason, count(*) AS n, max(j.received_at) AS last_at
      FROM inbox_journal j LEFT JOIN inbox_channel c ON c.id = j.channel_id
     WHERE j.state IN ('quarantined', 'partly') AND ($1::int IS NULL OR j.channel_id = $1)
     GROUP BY 1, 2, 3, left(split_part(j.reason, E'\\x02', 1), 200) ORDER BY n DESC, last_at DESC LIMIT $2"""
SHOW: LiteralString = """
    SELECT j.id, j.channel_id, c.slug, c.name, j.received_at, j.reason, j.transport, length(j.body) AS size, j.attempts,
           j.state, j.meta, j.body, j.key
      FROM inbox_journal j LEFT JOIN inbox_channel c ON c.id = j.channel_id WHERE j.id = $1"""
REPLAY: LiteralString = """
    UPDATE inbox_journal SET state = 'pending', attempts = 0, try_after = NULL, reason = '', processed_at = NULL
     WHERE id = ANY($1::bigint[]) AND state IN ('quarantined', 'partly')
    RETURNING channel_id, (received_at AT TIME ZONE 'UTC')::date AS day, state"""
HELD: LiteralString = """
    SELECT id, reason FROM inbox_journal
     WHERE id = ANY($1::bigint[]) AND state IN ('quarantined', 'partly') ORDER BY id FOR UPDATE"""
IGNORE: LiteralString = """
    UPDATE inbox_journal j SET state = CASE state WHEN 'partly' THEN 'processed' ELSE 'ignored' END, reason = t.reason
      FROM unnest($1::bigint[], $2::text[]) AS t (id, reason) WHERE j.id = t.id
    RETURNING channel_id, (received_at AT TIME ZONE 'UTC')::date AS day, state"""
AGAIN: LiteralString = """
    UPDATE inbox_journal j SET state = 'pending', attempts = 0, try_after = NULL, reason = '', processed_at = NULL
      FROM (SELECT id, state FROM inbox_journal WHERE id = $1 AND state <> 'pending' FOR UPDATE) AS before
     WHERE j.id = before.id
    RETURNING j.channel_id, (j.received_at AT TIME ZONE 'UTC')::date AS day, before.state"""
UNREAD = ("quarantined", "partly")
"""The states in which something of an input waits for a fix."""
CHOSEN: LiteralString = """
    FROM inbox_journal
     WHERE state IN ('quarantined', 'partly') AND ($1::int IS NULL OR channel_id = $1)
       AND ($2::text IS NULL OR left(split_part(reason, E'\\x02', 1), 200) = left($2, 200))"""
EXTENT: LiteralString = f"SELECT count(*) AS n, coalesce(max(id), 0) AS newest {CHOSEN}"
SOME: LiteralString = f"SELECT id {CHOSEN} AND id > $3 AND id <= $4 ORDER BY id LIMIT $5"
ALL: LiteralString = "SELECT id FROM inbox_journal WHERE state IN ('quarantined', 'partly') ORDER BY id"
COUNT: LiteralString = "SELECT count(*) FROM inbox_journal WHERE state IN ('quarantined', 'partly')"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """A raw input in a list; `size` in bytes."""

    id: int
    channel_id: int
    slug: str | None
    name: str | None
    received_at: datetime
    reason: str
    transport: str
    size: int
    attempts: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Inputs of one channel that are in quarantine for one reason."""

    channel_id: int
    slug: str
    name: str
    reason: str
    n: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A part of the quarantine; None is any channel, any reason."""

    channel_id: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A raw input as a whole."""

    row: JournalRow
    key: str | None
    meta: dict[str, Any]
    body: bytes


async def list_quarantine(
    conn: Conn, *, channel_id: int | None = None, after: str | None = None, limit: int = 50
) -> Page[JournalRow]:
    """Newest first."""
    return await list_journal(conn, channel_id=channel_id, states=UNREAD, after=after, limit=limit)


async def groups(conn: Conn, *, channel_id: int | None = None, limit: int | None = None) -> list[Group]:
    """How many by channel and reason, the most first."""
    return [Group(**read_kept_in(row, "reason")) for row in await conn.fetch(GROUPS, channel_id, limit)]


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
    rows = await conn.fetch(LIST, before, limit + 1, channel_id, states and list(states), reason)
    items = [JournalRow(**read_kept_in(row, "reason")) for row in rows[:limit]]
    return Page(items=items, next=encode(items[-1].id) if len(rows) > limit else None)


async def show(conn: Conn, id_: int) -> JournalEntry:
    """One input with its raw bytes. Raises NotFound."""
    row = await conn.fetchrow(SHOW, id_)
    if row is None:
        raise NotFound(phrase("There is no input {id} in the journal.", id=id_))
    data = dict(row)
    meta, body, key = data.pop("meta"), data.pop("body"), data.pop("key")
    return JournalEntry(row=JournalRow(**read_kept_in(data, "reason")), key=key, meta=meta, body=bytes(body))


async def replay(conn: Conn, ids: Sequence[int]) -> int:
    """Let inputs be processed again; returns how many there were. They are taken up within seconds."""
    return await _leave(conn, await conn.fetch(REPLAY, list(ids)), settles=False)


async def set_aside(conn: Conn, ids: Sequence[int]) -> int:
    """Leave inputs out for good; they stay in the journal and count as ignored, or as processed where a part of them was."""
    held = {row["id"]: read_kept(row["reason"]) for row in await conn.fetch(HELD, list(ids))}
    reasons = [kept(phrase("Dismissed by a user: {reason}", reason=reason), 500) for reason in held.values()]
    return await _leave(conn, await conn.fetch(IGNORE, list(held), reasons), settles=True)


async def process_again(conn: Conn, id_: int) -> bool:
    """Let one settled input be processed once more; what it made already is recognised and not made twice."""
    row = await conn.fetchrow(AGAIN, id_)
    if row is not None:
        before = "quarantined" if row["state"] == "partly" else row["state"]
        await ledger.count(conn, [(row["channel_id"], row["day"], before, -1)])
    return row is not None


async def ids_of_all(conn: Conn) -> list[int]:
    """The ids of everything in quarantine, oldest first."""
    return [row["id"] for row in await conn.fetch(ALL)]


async def extent(conn: Conn, chosen: Chosen) -> tuple[int, int]:
    """How many there are, and the id of the newest."""
    row = await conn.fetchrow(EXTENT, chosen.channel_id, chosen.reason)
    return (row["n"], row["newest"]) if row else (0, 0)


async def ids_of(conn: Conn, chosen: Chosen, *, after: int, newest: int, limit: int) -> list[int]:
    """Ids behind `after`, oldest first, none younger than `newest`."""
    rows = await conn.fetch(SOME, chosen.channel_id, chosen.reason, after, newest, limit)
    return [row["id"] for row in rows]


async def waiting(conn: Conn) -> int:
    """How many inputs are in quarantine."""
    return await conn.fetchval(COUNT)


async def _leave(conn: Conn, rows: Sequence[Any], *, settles: bool) -> int:
    counts = [(row["channel_id"], row["day"], "quarantined", -1) for row in rows]
    if settles:
        counts += [(row["channel_id"], row["day"], row["state"], 1) for row in rows]
    await ledger.count(conn, counts)
    return len(rows)
