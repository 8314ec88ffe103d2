"""SQL of the journal's writing side: one statement stores a whole batch, its duplicates told apart, and counts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import LiteralString

from crm_core.sql import Conn
from inbox.intake.model import Entry, json_of
from inbox.intake.redaction import body_of, meta_of

# The ids are drawn first so that every input knows its row, whatever conflicts. `slot` spreads the ledger's writers.
STORE: LiteralString = """
    WITH incoming AS MATERIALIZED (
        SELECT nextval('inbox_journal_id_seq') AS id, n, channel_id, received_at, lane, key, transport, meta, body
          FROM unnest($1::int[], $2::timestamptz[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bytea[])
               WITH ORDINALITY AS t (channel_id, received_at, lane, key, transport, meta, body, n)
    ), stored AS (
        INSERT INTO inbox_journal (id, channel_id, received_at, lane, key, transport, meta, body)
        OVERRIDING SYSTEM VALUE
        SELECT id, channel_id, received_at, lane, key, transport, meta::jsonb, body FROM incoming ORDER BY n
        ON CONFLICT (channel_id, key) WHERE key IS NOT NULL DO NOTHING
        RETURNING id
    ), counted AS (
        INSERT INTO inbox_ledger (channel_id, day, what, slot, n)
        SELECT channel_id, (received_at AT TIME ZONE 'UTC')::date, what, pg_backend_pid() % 64, count(*)
          FROM (SELECT channel_id, received_at, 'received' AS what FROM incoming
                UNION ALL
                SELECT channel_id, received_at, 'duplicate' FROM incoming WHERE id NOT IN (SELECT id FROM stored)) AS c
         GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (channel_id, day, what, slot) DO UPDATE SET n = inbox_ledger.n + excluded.n
    )
    SELECT n, CASE WHEN stored.id IS NULL THEN NULL ELSE incoming.id END AS id
      FROM incoming LEFT JOIN stored USING (id) ORDER BY n"""
BY_KEY: LiteralString = "SELECT id FROM inbox_journal WHERE channel_id = $1 AND key = $2"
KNOWN_KEYS: LiteralString = "SELECT key FROM inbox_journal WHERE channel_id = $1 AND key = ANY($2::text[])"
LOCK_LANES: LiteralString = "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k"


async def store(conn: Conn, entries: Sequence[Entry]) -> list[int | None]:
    """Journal ids in the order of the entries; None for a repeat of a known key."""
    rows = await conn.fetch(
        STORE,
        [entry.channel.id for entry in entries],
        [entry.raw.received_at for entry in entries],
        [entry.lane for entry in entries],
        [entry.raw.key for entry in entries],
        [entry.raw.transport for entry in entries],
        [json_of(meta_of(entry.raw, entry.channel.secrets)) for entry in entries],
        [body_of(entry.raw, entry.channel.secrets) for entry in entries],
    )
    return [row["id"] for row in rows]


async def id_of(conn: Conn, *, channel_id: int, key: str) -> int | None:
    """The journal id of the first input with this key."""
    return await conn.fetchval(BY_KEY, channel_id, key)


async def known_keys(conn: Conn, *, channel_id: int, keys: Sequence[str]) -> set[str]:
    """Which of these keys the journal has."""
    return {row["key"] for row in await conn.fetch(KNOWN_KEYS, channel_id, list(keys))}


async def lock_lanes(conn: Conn, lanes: Iterable[int]) -> None:
    """Wait until these lanes are ours, in ascending order, until the transaction ends."""
    await conn.execute(LOCK_LANES, sorted(lanes))
