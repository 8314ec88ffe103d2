"""SQL of what calls came to in a span of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn
from inbox.conversations.visibility_store import RULE

SEEN: LiteralString = f"""
    WITH k AS MATERIALIZED (
        SELECT k.id, k.outbound, k.outcome, k.state, k.waited, k.duration, k.missed_at, k.started_at, k.number,
               coalesce(k.user_id, CASE WHEN k.missed_at IS NOT NULL THEN c.assignee_id END) AS user_id, k.contact_id
          FROM inbox_call k JOIN inbox_conversation c ON c.id = k.conversation_id
         WHERE {RULE} AND k.started_at >= $2 AND k.started_at < $3)"""
FIGURES: LiteralString = """
           count(*) FILTER (WHERE NOT outbound) AS incoming,
           count(*) FILTER (WHERE NOT outbound AND outcome = 'answered') AS answered,
           count(*) FILTER (WHERE missed_at IS NOT NULL) AS missed,
           count(*) FILTER (WHERE outbound) AS outgoing,
           count(*) FILTER (WHERE outbound AND outcome = 'answered') AS reached,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY waited) FILTER (WHERE NOT outbound AND outcome = 'answered') AS wait,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY waited) FILTER (WHERE NOT outbound AND outcome = 'answered') AS wait_90,
           avg(duration) FILTER (WHERE outcome = 'answered')::float AS talk,
           coalesce(sum(duration) FILTER (WHERE outcome = 'answered'), 0)::bigint AS talk_total"""
TOTAL: LiteralString = f"{SEEN} SELECT '' AS name, {FIGURES} FROM k"
BY_USER: LiteralString = f"""{SEEN}
    SELECT coalesce(u.name, '') AS name, {FIGURES} FROM k LEFT JOIN crm_user u ON u.id = k.user_id
     GROUP BY u.id, u.name ORDER BY count(*) DESC, u.name LIMIT 200"""
BY_NUMBER: LiteralString = (
    f"{SEEN} SELECT number AS name, {FIGURES} FROM k GROUP BY number ORDER BY count(*) DESC, number LIMIT 100"
)
BY_HOUR: LiteralString = f"""{SEEN}
    SELECT extract(hour FROM started_at AT TIME ZONE $4)::integer AS hour,
           count(*) FILTER (WHERE NOT outbound AND outcome = 'answered') AS answered,
           count(*) FILTER (WHERE missed_at IS NOT NULL) AS missed
      FROM k GROUP BY 1 ORDER BY 1"""
LATER: LiteralString = f"""{SEEN}
    SELECT count(*) AS reached, percentile_cont(0.5) WITHIN GROUP (ORDER BY after) AS after
      FROM (SELECT extract(epoch FROM min(o.answered_at) - k.started_at) AS after
              FROM k JOIN crm_contact p ON p.id = k.contact_id
              JOIN crm_contact i ON i.root_id = p.root_id
              JOIN inbox_call o ON o.contact_id = i.id AND o.outcome = 'answered' AND o.started_at > k.started_at
             WHERE k.missed_at IS NOT NULL GROUP BY k.id, k.started_at) AS m"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Calls of somebody or something. Times are seconds: `wait` is the median until an answer, `talk` the mean."""

    name: str
    incoming: int
    answered: int
    missed: int
    outgoing: int
    reached: int
    wait: float | None
    wait_90: float | None
    talk: float | None
    talk_total: int

    @property
    def missed_share(self) -> float:
        return self.missed / self.incoming if self.incoming else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    hour: int
    answered: int
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The calls that a viewer (`Viewer.sql_id`) may see and that began from `since` on, before `until`."""

    viewer_id: int | None
    since: datetime
    until: datetime


async def total(conn: Conn, span: Span) -> Figures:
    row = await conn.fetchrow(TOTAL, span.viewer_id, span.since, span.until)
    assert row is not None
    return Figures(**dict(row))


async def by_user(conn: Conn, span: Span) -> list[Figures]:
    rows = await conn.fetch(BY_USER, span.viewer_id, span.since, span.until)
    return [Figures(**dict(row)) for row in rows]


async def by_number(conn: Conn, span: Span) -> list[Figures]:
    rows = await conn.fetch(BY_NUMBER, span.viewer_id, span.since, span.until)
    return [Figures(**dict(row)) for row in rows]


async def by_hour(conn: Conn, span: Span, *, timezone: str) -> list[Hour]:
    """Hours in which somebody rang, by the clock of a time zone."""
    rows = await conn.fetch(BY_HOUR, span.viewer_id, span.since, span.until, timezone)
    return [Hour(**dict(row)) for row in rows]


async def reached_later(conn: Conn, span: Span) -> tuple[int, float | None]:
    """How many of the missed were talked with after all, and within how many seconds half of them were."""
    row = await conn.fetchrow(LATER, span.viewer_id, span.since, span.until)
    assert row is not None
    return row["reached"], row["after"]
