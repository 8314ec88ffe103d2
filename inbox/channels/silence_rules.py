"""Silence alarms set by hand: "tell me after two hours without a message, in these hours"."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crm_core.sql import Conn
from inbox.channels import silence_rule_store as store
from inbox.channels import silence_store
from inbox.channels.silence_rule_store import SilenceRule
from values.errors import Invalid
from values.hours import DAY, Hours, seconds_open
from values.sentences import phrase

LONGEST_HOURS = 24 * 30
LOOK_BACK = timedelta(days=60)
"""Longer than the longest silence that can be asked for, with two hours a week that count."""


async def put(conn: Conn, channel_id: int, rule: SilenceRule) -> None:
    """The silence counts from now on. Raises Invalid naming the field."""
    check(rule)
    await store.put(conn, channel_id, rule)
    await silence_store.set_alarm(conn, channel_id, "")


async def drop(conn: Conn, channel_id: int) -> None:
    """What the channel's own history says is listened to again."""
    await store.drop(conn, channel_id)
    await silence_store.set_alarm(conn, channel_id, "")


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
