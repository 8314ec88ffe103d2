"""SQL of the journal as it is looked at, and of its inputs that could not be understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString

from crm_core.sql import Conn
from values.kept import kept, read_kept, read_kept_in

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An input that left a state: of what channel and day (UTC) it is, and the state that counts."""

    channel_id: int
    day: date
    state: str


async def listed(
    conn: Conn,
    *,
    before: int | None,
    channel_id: int | None,
    states: Sequence[str] | None,
    reason: str | None,
    limit: int,
) -> list[JournalRow]:
    """Newest first."""
    rows = await conn.fetch(LIST, before, limit, channel_id, states and list(states), reason)
    return [JournalRow(**read_kept_in(row, "reason")) for row in rows]


async def groups(conn: Conn, *, channel_id: int | None, limit: int | None) -> list[Group]:
    """The most first."""
    return [Group(**read_kept_in(row, "reason")) for row in await conn.fetch(GROUPS, channel_id, limit)]


async def get(conn: Conn, id_: int) -> JournalEntry | None:
    row = await conn.fetchrow(SHOW, id_)
    if row is None:
        return None
    data = read_kept_in(row, "reason")
    meta, body, key = data.pop("meta"), data.pop("body"), data.pop("key")
    return JournalEntry(row=JournalRow(**data), key=key, meta=meta, body=bytes(body))


async def replay(conn: Conn, ids: Sequence[int]) -> list[Settled]:
    """Inputs that leave the quarantine to be processed again."""
    return [Settled(**dict(row)) for row in await conn.fetch(REPLAY, list(ids))]


async def held(conn: Conn, ids: Sequence[int]) -> dict[int, str]:
    """Why those of these inputs that are in quarantine are there; their rows stay locked."""
    return {row["id"]: read_kept(row["reason"]) for row in await conn.fetch(HELD, list(ids))}


async def dismiss(conn: Conn, reasons: Mapping[int, str]) -> list[Settled]:
    """Inputs that leave the quarantine for good, with the state that they are in now."""
    told = [kept(reason, 500) for reason in reasons.values()]
    return [Settled(**dict(row)) for row in await conn.fetch(IGNORE, list(reasons), told)]


async def process_again(conn: Conn, id_: int) -> Settled | None:
    """An input that is processed once more, with the state that it was in; None where it still waits, or is none."""
    row = await conn.fetchrow(AGAIN, id_)
    return Settled(**dict(row)) if row else None


async def ids_of_all(conn: Conn) -> list[int]:
    """Everything in quarantine, oldest first."""
    return [row["id"] for row in await conn.fetch(ALL)]


async def extent(conn: Conn, chosen: Chosen) -> tuple[int, int]:
    """How many there are, and the id of the newest."""
    row = await conn.fetchrow(EXTENT, chosen.channel_id, chosen.reason)
    return (row["n"], row["newest"]) if row else (0, 0)


async def ids_of(conn: Conn, chosen: Chosen, *, after: int, newest: int, limit: int) -> list[int]:
    """Oldest first."""
    rows = await conn.fetch(SOME, chosen.channel_id, chosen.reason, after, newest, limit)
    return [row["id"] for row in rows]


async def waiting(conn: Conn) -> int:
    return await conn.fetchval(COUNT)
