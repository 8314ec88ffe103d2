"""Silence alarms set by hand: "tell me after two hours without a message, in these hours"."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from zoneinfo import ZoneInfo

from crm_core.sql import Conn
from values.errors import Invalid
from values.hours import DAY, Hours, clock, seconds_open
from values.sentences import phrase

LONGEST_HOURS = 24 * 30
LOOK_BACK = timedelta(days=60)
"""Longer than the longest silence that can be asked for, with two hours a week that count."""
COLUMNS: LiteralString = "after_hours, opens, closes, days, zone"
GET: LiteralString = f"SELECT {COLUMNS} FROM inbox_silence_rule WHERE channel_id = $1"
SET: LiteralString = """
    INSERT INTO inbox_silence_rule (channel_id, after_hours, opens, closes, days, zone) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (channel_id) DO UPDATE
       SET after_hours = excluded.after_hours, opens = excluded.opens, closes = excluded.closes, days = excluded.days,
           zone = excluded.zone, since = now()"""
DROP: LiteralString = "DELETE FROM inbox_silence_rule WHERE channel_id = $1"
WATCHED: LiteralString = f"""
    SELECT c.id, c.name, c.alarm, greatest(c.last_in_at, r.since) AS since, {COLUMNS}
      FROM inbox_silence_rule r JOIN inbox_channel c ON c.id = r.channel_id
     WHERE c.deleted_at IS NULL AND NOT c.is_paused"""
QUIETEN: LiteralString = "UPDATE inbox_channel SET alarm = '' WHERE id = $1"


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
    """The silence counts from now on. Raises Invalid naming the field."""
    check(rule)
    values = (rule.after_hours, rule.opens, rule.closes, sorted(set(rule.days)), rule.zone)
    await conn.execute(SET, channel_id, *values)
    await conn.execute(QUIETEN, channel_id)


async def drop(conn: Conn, channel_id: int) -> None:
    """What the channel's own history says is listened to again."""
    await conn.execute(DROP, channel_id)
    await conn.execute(QUIETEN, channel_id)


async def watched(conn: Conn) -> list[Watched]:
    """All channels with a rule that are not paused."""
    return [
        Watched(
            id=row["id"],
            alarm=row["alarm"],
            since=row["since"],
            rule=SilenceRule(**{name: row[name] for name in COLUMNS.split(", ")}),
        )
        for row in await conn.fetch(WATCHED)
    ]


def check(rule: SilenceRule) -> None:
    """Raises Invalid naming the field."""
    if not 0 < rule.after_hours <= LONGEST_HOURS:  # also refuses what is no number
        raise Invalid(
            phrase("Give hours above 0, {longest_hours} at most.", longest_hours=LONGEST_HOURS),
            field="after_hours",
        )
    if not (0 <= rule.opens < DAY and 0 < rule.closes <= DAY and rule.opens != rule.closes):
        raise Invalid(phrase("Give the hours as 09:00-18:00."), field="hours")
    if not rule.days or any(day not in range(1, 8) for day in rule.days):
        raise Invalid(phrase("Choose at least one day."), field="days")
    if rule.zone not in zoneinfo.available_timezones():
        raise Invalid(phrase("This time zone is not known."), field="zone")


def read_hours(text: str) -> tuple[int, int]:
    """`09:00-18:00` in minutes; nothing typed is the whole day. Raises Invalid."""
    if not text.strip():
        return 0, DAY
    opens, dash, closes = text.replace("–", "-").partition("-")
    if not dash:
        raise Invalid(phrase("Give the hours as 09:00-18:00."), field="hours")
    return _minute(opens), _minute(closes)


def counted(rule: SilenceRule, since: datetime, until: datetime) -> float:
    """How many hours of the time between count. Pure."""
    since = max(since, until - LOOK_BACK)
    closes = rule.closes if rule.closes > rule.opens else rule.closes + DAY
    week = tuple(((rule.opens, closes),) if day in rule.days else () for day in range(1, 8))
    return seconds_open(Hours(zone=ZoneInfo(rule.zone), week=week), since, until) / 3600


def _minute(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    minute = minute or "0"
    if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()):
        raise Invalid(phrase("Give the hours as 09:00-18:00."), field="hours")
    if int(minute) > 59 or int(hour) * 60 + int(minute) > DAY:
        raise Invalid(phrase("Give the hours as 09:00-18:00."), field="hours")
    return int(hour) * 60 + int(minute)
