"""SQL of the counts of the bot's runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString

from crm_core.sql import Conn
from inbox.bot.analytics.model import Count

APPEND: LiteralString = """
    INSERT INTO inbox_bot_delta (day, rule, what, step, n)
    SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::int[])"""
FORGET: LiteralString = "UPDATE inbox_conversation SET bot_state = bot_state - 'run' WHERE id = $1"
FOLD: LiteralString = """
    WITH gone AS (DELETE FROM inbox_bot_delta RETURNING day, rule, what, step, n)
    INSERT INTO inbox_bot_total AS t (day, rule, what, step, n)
    SELECT day, rule, what, step, sum(n) FROM gone GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (day, rule, what, step) DO UPDATE SET n = t.n + excluded.n"""
FIGURES: LiteralString = """
    SELECT rule, CASE WHEN what = 'waiting' AND day < $3 THEN 'dropped' ELSE what END AS what, step, sum(n)::bigint AS n
      FROM (SELECT day, rule, what, step, n FROM inbox_bot_total WHERE day BETWEEN $1 AND $2
            UNION ALL
            SELECT day, rule, what, step, n FROM inbox_bot_delta WHERE day BETWEEN $1 AND $2) AS counted
     GROUP BY 1, 2, 3 HAVING sum(n) <> 0"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How often something became of a rule's runs. `what` is one of Count's, or `dropped`: waited for and never answered."""

    rule: str
    what: str
    step: str
    n: int


async def append(conn: Conn, counts: Sequence[Count]) -> None:
    """Count, in the transaction of what is counted."""
    if counts:
        await conn.execute(
            APPEND,
            [each.day for each in counts],
            [each.rule for each in counts],
            [each.what for each in counts],
            [each.step for each in counts],
            [each.n for each in counts],
        )


async def forget(conn: Conn, conversation_id: int) -> None:
    """The run of a conversation is over."""
    await conn.execute(FORGET, conversation_id)


async def fold(conn: Conn) -> None:
    """Move the differences into the totals; any process, any time."""
    await conn.execute(FOLD)


async def figures(conn: Conn, *, since: date, until: date, dropped_before: date) -> list[Figure]:
    """What became of the runs that began in these days; those begun before `dropped_before` that still wait are dropped."""
    rows = await conn.fetch(FIGURES, since, until, dropped_before)
    return [Figure(**dict(row)) for row in rows]
