"""SQL of troubles and figures: set-based reads over the hall, asked now and then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from inbox.operations.model import Checker, Count, Standing, Today, Totals, Trouble
from values.kept import read_kept_in

# A door's refusals are an alarm while they last: an hour after the last one it is over. People who fill a form in wrongly
# are none.
TROUBLES: LiteralString = """
    SELECT 'credentials' AS kind, slug, name, sentence AS said, NULL::bigint AS n
      FROM inbox_channel WHERE deleted_at IS NULL AND state IN ('needs_credentials', 'unconfigured')
    UNION ALL
    SELECT 'silence', slug, name, alarm, NULL FROM inbox_channel WHERE deleted_at IS NULL AND alarm <> '' AND NOT is_paused
    UNION ALL
    SELECT 'quarantine', coalesce(c.slug, '#' || j.channel_id), coalesce(c.name, ''), max(j.reason), count(*)
      FROM inbox_journal j LEFT JOIN inbox_channel c ON c.id = j.channel_id
     WHERE j.state IN ('quarantined', 'partly') GROUP BY 2, 3
    UNION ALL
    SELECT 'refused', c.slug, c.name, (array_agg(r.reason ORDER BY r.last_at DESC))[1], sum(r.n)::bigint
      FROM inbox_refused r JOIN inbox_channel c ON c.id = r.channel_id
     WHERE c.deleted_at IS NULL AND r.status IN (401, 403, 413) AND r.hour > now() - interval '2 hours'
       AND r.last_at > now() - interval '1 hour' GROUP BY c.slug, c.name
    UNION ALL
    SELECT 'provider', c.slug, c.name, (array_agg(l.sentence ORDER BY l.id DESC))[1], NULL
      FROM inbox_channel_log l JOIN inbox_channel c ON c.id = l.channel_id
     WHERE c.deleted_at IS NULL AND l.level = 'alarm' AND l.at > now() - interval '2 hours' GROUP BY c.slug, c.name
    UNION ALL
    SELECT 'unsent', c.slug, c.name, (array_agg(o.reason ORDER BY o.seq DESC))[1], count(*)
      FROM inbox_outbox o JOIN inbox_channel c ON c.id = o.channel_id
     WHERE c.deleted_at IS NULL AND o.state IN ('refused', 'unknown', 'credentials')
       AND o.created_at > now() - interval '1 day' GROUP BY c.slug, c.name"""
TOTALS: LiteralString = """
    SELECT (SELECT count(*) FROM inbox_journal WHERE state = 'pending') AS pending,
           (SELECT count(*) FROM inbox_journal WHERE state IN ('quarantined', 'partly')) AS quarantined,
           (SELECT count(*) FROM inbox_outbox WHERE state IN ('waiting', 'retry', 'sending', 'credentials')) AS outbox,
           (SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 FROM inbox_journal
             WHERE state = 'pending') AS oldest"""
INPUTS: LiteralString = """
    SELECT c.slug, l.what, sum(l.n)::bigint AS n FROM inbox_ledger l JOIN inbox_channel c ON c.id = l.channel_id
     GROUP BY 1, 2"""
REFUSED: LiteralString = """
    SELECT coalesce(c.slug, '') AS slug, r.status::text AS what, sum(r.n)::bigint AS n
      FROM inbox_refused r LEFT JOIN inbox_channel c ON c.id = r.channel_id GROUP BY 1, 2"""
UNSENT: LiteralString = """
    SELECT c.slug, o.state AS what, count(*) AS n FROM inbox_outbox o JOIN inbox_channel c ON c.id = o.channel_id
     WHERE o.state IN ('retry', 'credentials', 'refused', 'unreachable', 'unknown') GROUP BY 1, 2"""
STANDINGS: LiteralString = "SELECT slug, state FROM inbox_channel WHERE deleted_at IS NULL"
TODAY: LiteralString = """
    WITH counted AS (
        SELECT channel_id,
               coalesce(sum(n) FILTER (WHERE what = 'received'), 0)::bigint AS received,
               coalesce(sum(n) FILTER (WHERE what = 'quarantined'), 0)::bigint AS quarantined
          FROM inbox_ledger WHERE day = (now() AT TIME ZONE 'UTC')::date GROUP BY channel_id
    ), going AS (
        SELECT channel_id, count(*) AS waiting FROM inbox_outbox
         WHERE state IN ('waiting', 'retry', 'sending', 'credentials') GROUP BY channel_id
    )
    SELECT channel_id, coalesce(received, 0) AS received, coalesce(quarantined, 0) AS quarantined,
           coalesce(waiting, 0) AS waiting
      FROM counted FULL JOIN going USING (channel_id)"""
CHECKERS: LiteralString = """
    SELECT m.data->'proof'->>'by' AS name, count(*) AS n
      FROM (SELECT channel_id, direction, data FROM inbox_message ORDER BY id DESC LIMIT 2000) AS m
     WHERE m.channel_id = $1 AND m.direction = 'in' AND coalesce(m.data->'proof'->>'by', '') <> ''
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3"""
HEARD: LiteralString = "SELECT EXISTS (SELECT 1 FROM inbox_journal WHERE channel_id = $1)"
OTHERS: LiteralString = """
    SELECT EXISTS (SELECT 1 FROM inbox_channel WHERE deleted_at IS NULL AND NOT (slug = ANY($1::text[])))"""
OWN_RULES: LiteralString = "SELECT EXISTS (SELECT 1 FROM inbox_rules)"


async def troubles(conn: Conn) -> list[Trouble]:
    """What is wrong with channels now."""
    return [Trouble(**read_kept_in(row, "said")) for row in await conn.fetch(TROUBLES)]


async def totals(conn: Conn) -> Totals:
    return Totals(**dict(await conn.fetchrow(TOTALS) or {}))


async def inputs(conn: Conn) -> list[Count]:
    """Inputs by channel and outcome."""
    return [Count(**dict(row)) for row in await conn.fetch(INPUTS)]


async def refused(conn: Conn) -> list[Count]:
    """Requests that doors refused, by channel (empty: there is no such one) and status."""
    return [Count(**dict(row)) for row in await conn.fetch(REFUSED)]


async def unsent(conn: Conn) -> list[Count]:
    """Messages that did not go out, by channel and state."""
    return [Count(**dict(row)) for row in await conn.fetch(UNSENT)]


async def standings(conn: Conn) -> list[Standing]:
    return [Standing(**dict(row)) for row in await conn.fetch(STANDINGS)]


async def today(conn: Conn) -> dict[int, Today]:
    """By channel; one of which nothing came or waits is not among them."""
    return {row["channel_id"]: Today(**dict(row)) for row in await conn.fetch(TODAY)}


async def checkers(conn: Conn, channel_id: int) -> list[Checker]:
    """Which servers checked the senders of the latest mails, the most first."""
    return [Checker(**dict(row)) for row in await conn.fetch(CHECKERS, channel_id)]


async def has_heard(conn: Conn, channel_id: int) -> bool:
    """Whether anything ever came in on a channel."""
    return await conn.fetchval(HEARD, channel_id)


async def has_others(conn: Conn, slugs: Sequence[str]) -> bool:
    """Whether there is a channel beside those."""
    return await conn.fetchval(OTHERS, list(slugs))


async def has_own_rules(conn: Conn) -> bool:
    """Whether anybody ever saved rules of the bot."""
    return await conn.fetchval(OWN_RULES)
