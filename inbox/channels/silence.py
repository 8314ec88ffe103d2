"""The silence alarm: a channel that is quiet for longer than it ever was, or than somebody has set for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import LiteralString

from crm_core.sql import Conn
from inbox.changes import Change
from inbox.channels import silence_rules, store
from values.kept import kept
from values.sentences import phrase

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
    SELECT c.id, c.name, c.alarm, extract(epoch FROM now() - c.last_in_at)::float8 / 3600 AS hours,
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

MANY = 12
"""Inputs that should have come before a silence says anything."""
LONGER = 1.25
AT_LEAST_HOURS = 3


async def look(conn: Conn) -> list[Change]:
    """Remember when channels last heard something; raise the alarm for the unusually quiet, and end it when they speak."""
    await conn.execute(TOUCH)
    await conn.execute(LEARN)
    await conn.execute(FORGET)
    return [*await _learnt(conn), *await _set(conn)]


async def _learnt(conn: Conn) -> list[Change]:
    """By the channel's own history."""
    changes: list[Change] = []
    for row in await conn.fetch(QUIET):
        hours, usual = row["hours"], row["longest"]
        is_alarm = hours >= AT_LEAST_HOURS and hours > LONGER * usual and hours / 24 * row["per_day"] >= MANY
        sentence = phrase(
            "Nothing came for {hours} hours; the longest silence of two weeks was {usual}. Write "
            "to it yourself; if that does not arrive, look at the provider's side.",
            hours=f"{hours:.0f}",
            usual=f"{usual:.0f}",
        )
        changes += await _tell(conn, row["id"], row["alarm"], sentence if is_alarm else "")
    return changes


async def _set(conn: Conn) -> list[Change]:
    """By what somebody has set."""
    changes: list[Change] = []
    for one in await silence_rules.watched(conn):
        hours, most = silence_rules.counted(one.rule, one.since, datetime.now(UTC)), one.rule.after_hours
        sentence = phrase(
            "Nothing came for {hours} of the hours that count; you are told after {most}. Write to it "
            "yourself; if that does not arrive, look at the provider's side.",
            hours=f"{hours:.1f}",
            most=f"{most:g}",
        )
        changes += await _tell(conn, one.id, one.alarm, sentence if hours >= most else "")
    return changes


async def _tell(conn: Conn, channel_id: int, before: str, alarm: str) -> list[Change]:
    """Begin an alarm or end it; one that lasts says nothing new."""
    if bool(before) == bool(alarm):
        return []
    await conn.execute(SAY, channel_id, kept(alarm))
    sentence, level = (alarm, "warning") if alarm else (phrase("Messages come in again."), "info")
    await store.log(conn, channel_id, sentence, level=level)
    return [Change(kind="channel", channel_id=channel_id, data={"alarm": "silence" if alarm else ""})]
