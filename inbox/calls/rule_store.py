"""SQL of what a line does after a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import LiteralString

from crm_core.sql import Conn

GET: LiteralString = """
    SELECT channel_id, via_id, texts, once_hours, recording_days FROM inbox_call_rule WHERE channel_id = $1"""
SAVE: LiteralString = """
    INSERT INTO inbox_call_rule (channel_id, via_id, texts, once_hours, recording_days) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (channel_id) DO UPDATE
       SET via_id = excluded.via_id, texts = excluded.texts, once_hours = excluded.once_hours,
           recording_days = excluded.recording_days"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRule:
    """`texts`: language to the words while the house is `open` and while it is `closed` (empty: nothing is said then).

    `once_hours`: a person gets at most one word in so many hours. `recording_days` 0 keeps recordings for good.
    """

    channel_id: int
    via_id: int | None = None
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    once_hours: int = 24
    recording_days: int = 0


async def get(conn: Conn, channel_id: int) -> CallRule:
    row = await conn.fetchrow(GET, channel_id)
    return CallRule(**dict(row)) if row else CallRule(channel_id=channel_id)


async def save(conn: Conn, rule: CallRule) -> None:
    texts = {language: dict(one) for language, one in rule.texts.items()}
    await conn.execute(SAVE, rule.channel_id, rule.via_id, texts, rule.once_hours, rule.recording_days)
