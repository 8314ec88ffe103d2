"""SQL of how long channels have been quiet, and of the alarm about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn
from values.kept import kept

TOUCH: LiteralString = """
    UPDATE inbox_channel c SET last_in_at = greatest(coalesce(c.last_in_at, j.at), j.at)
      FROM (SELECT ch.id, (SELECT received_at FROM inbox_journal j WHERE j.channel_id = ch.id ORDER BY j.id DESC LIMIT 1) AS at
              FROM inbox_channel ch WHERE ch.deleted_at IS NULL) AS j
     WHERE c.id = j.id AND j.at IS NOT NULL AND (c.last_in_at IS NULL OR c.last_in_at < j.at)"""
LEARN: LiteralString = """
    INSERT INTO inbox_silence (channel_id, day, hours)
    SELECT id, (now() AT TIME ZONE 'UTC')::date, extract(epoch FROM now() - last_in_at)::float8 / 3600
      FROM inbox_channel
     WHERE deleted_at IS NULL AND state = 'connected' AND NOT is_paused AND last_in_at IS NOT NULL
    ON CONFLICT (channel_id, day) DO UPDATE SET hours = excluded.hours WHERE inbox_silence.hours < excluded.hours"""
FORGET: LiteralString = "DELETE FROM inbox_silence WHERE day < (now() AT TIME ZONE 'UTC')::date - 30"
# A day counts when the silence that lasts now had not begun. Traffic is that of the fourteen days before it.
QUIET: LiteralString = """
    SELECT c.id, c.alarm, extract(epoch FROM now() - c.last_in_at)::float8 / 3600 AS hours,
           t.per_day, s.longest
      FROM inbox_channel c
     CROSS JOIN LATERAL (SELECT (c.last_in_at AT TIME ZONE 'UTC')::date AS day) AS b
     CROSS JOIN LATERAL (SELECT coalesce(sum(n), 0)::float8 / 14 AS per_day, count(DISTINCT l.day) AS days
                           FROM inbox_ledger l
                          WHERE l.channel_id = c.id AND l.what = 'received' AND l.day BETWEEN b.day - 14 AND b.day - 1) AS t
     CROSS JOIN LATERAL (SELECT max(hours) AS longest FROM inbox_silence s
                          WHERE s.channel_id = c.id AND s.day BETWEEN b.day - 14 AND b.day - 1) AS s
     WHERE c.deleted_at IS NULL AND c.state = 'connected' AND NOT c.is_paused AND c.last_in_at IS NOT NULL
       AND t.days >= 5 AND s.longest IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM inbox_silence_rule r WHERE r.channel_id = c.id)"""
SAY: LiteralString = "UPDATE inbox_channel SET alarm = $2 WHERE id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A channel that nothing came on for some `hours`; `longest` is its longest silence of the two weeks before."""

    id: int
    alarm: str
    hours: float
    per_day: float
    longest: float


async def touch(conn: Conn) -> None:
    """Remember when channels last heard something."""
    await conn.execute(TOUCH)


async def learn(conn: Conn) -> None:
    """Remember today's longest silence of each channel."""
    await conn.execute(LEARN)


async def forget_old(conn: Conn) -> None:
    await conn.execute(FORGET)


async def quiet(conn: Conn) -> list[Quiet]:
    """Channels without a rule, of which enough is known."""
    return [Quiet(**dict(row)) for row in await conn.fetch(QUIET)]


async def set_alarm(conn: Conn, channel_id: int, alarm: str) -> None:
    """Empty ends it."""
    await conn.execute(SAY, channel_id, kept(alarm))
