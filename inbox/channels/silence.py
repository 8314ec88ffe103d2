"""The silence alarm: a channel that is quiet for longer than it ever was, or than somebody has set for it."""

from __future__ import annotations

from datetime import UTC, datetime

from crm_core.sql import Conn
from inbox.changes import Change
from inbox.channels import silence_rule_store, silence_rules, silence_store, store
from values.sentences import phrase

MANY = 12
"""Inputs that should have come before a silence says anything."""
LONGER = 1.25
AT_LEAST_HOURS = 3


async def look(conn: Conn) -> list[Change]:
    """Remember when channels last heard something; raise the alarm for the unusually quiet, and end it when they speak."""
    await silence_store.touch(conn)
    await silence_store.learn(conn)
    await silence_store.forget_old(conn)
    return [*await _learnt(conn), *await _set(conn)]


async def _learnt(conn: Conn) -> list[Change]:
    """By the channel's own history."""
    changes: list[Change] = []
    for quiet in await silence_store.quiet(conn):
        hours, usual = quiet.hours, quiet.longest
        is_alarm = hours >= AT_LEAST_HOURS and hours > LONGER * usual and hours / 24 * quiet.per_day >= MANY
        sentence = phrase(
            "Nothing came for {hours} hours; the longest silence of two weeks was {usual}. Write "
            "to it yourself; if that does not arrive, look at the provider's side.",
            hours=f"{hours:.0f}",
            usual=f"{usual:.0f}",
        )
        changes += await _tell(conn, quiet.id, quiet.alarm, sentence if is_alarm else "")
    return changes


async def _set(conn: Conn) -> list[Change]:
    """By what somebody has set."""
    changes: list[Change] = []
    for one in await silence_rule_store.watched(conn):
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
    await silence_store.set_alarm(conn, channel_id, alarm)
    sentence, level = (alarm, "warning") if alarm else (phrase("Messages come in again."), "info")
    await store.log(conn, channel_id, sentence, level=level)
    return [Change(kind="channel", channel_id=channel_id, data={"alarm": "silence" if alarm else ""})]
