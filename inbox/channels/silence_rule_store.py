"""SQL of silence alarms that are set by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn
from values.hours import DAY, clock

COLUMNS: LiteralString = "after_hours, opens, closes, days, zone"
GET: LiteralString = f"SELECT {COLUMNS} FROM inbox_silence_rule WHERE channel_id = $1"
SET: LiteralString = """
    INSERT INTO inbox_silence_rule (channel_id, after_hours, opens, closes, days, zone) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (channel_id) DO UPDATE
       SET after_hours = excluded.after_hours, opens = excluded.opens, closes = excluded.closes, days = excluded.days,
           zone = excluded.zone, since = now()"""
DROP: LiteralString = "DELETE FROM inbox_silence_rule WHERE channel_id = $1"
WATCHED: LiteralString = f"""
    SELECT c.id, c.alarm, greatest(c.last_in_at, r.since) AS since, {COLUMNS}
      FROM inbox_silence_rule r JOIN inbox_channel c ON c.id = r.channel_id
     WHERE c.deleted_at IS NULL AND NOT c.is_paused"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceRule:
    """After how many hours without an input to tell. Only time between the minutes `opens` and `closes` of `days` (ISO
    weekdays) counts, by the clock of `zone`; a day that closes before it opens runs on into the next."""

    after_hours: float
    opens: int = 0
    closes: int = DAY
    days: Sequence[int] = (1, 2, 3, 4, 5, 6, 7)
    zone: str = "UTC"

    @property
    def hours(self) -> str:
        """The hours that count, as they are typed: `09:00-18:00`."""
        return f"{clock(self.opens)}-{clock(self.closes)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A channel with a rule, and since when nothing came that counts."""

    id: int
    alarm: str
    since: datetime
    rule: SilenceRule


async def get(conn: Conn, channel_id: int) -> SilenceRule | None:
    row = await conn.fetchrow(GET, channel_id)
    return SilenceRule(**dict(row)) if row else None


async def put(conn: Conn, channel_id: int, rule: SilenceRule) -> None:
    """In the place of the channel's rule; the silence counts from now on."""
    days = sorted(set(rule.days))
    await conn.execute(SET, channel_id, rule.after_hours, rule.opens, rule.closes, days, rule.zone)


async def drop(conn: Conn, channel_id: int) -> None:
    await conn.execute(DROP, channel_id)


async def watched(conn: Conn) -> list[Watched]:
    """All channels with a rule that are not paused."""
    return [
        Watched(
            id=row["id"],
            alarm=row["alarm"],
            since=row["since"],
            rule=SilenceRule(
                after_hours=row["after_hours"],
                opens=row["opens"],
                closes=row["closes"],
                days=row["days"],
                zone=row["zone"],
            ),
        )
        for row in await conn.fetch(WATCHED)
    ]
