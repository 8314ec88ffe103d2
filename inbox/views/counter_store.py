"""SQL of how many conversations there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

COUNTERS: LiteralString = """
    SELECT assignee_id, state, sum(n)::bigint AS n, sum(unread)::bigint AS unread, sum(waiting)::bigint AS waiting
      FROM inbox_counter WHERE $1::integer IS NULL OR assignee_id IN (0, $1) GROUP BY assignee_id, state"""
FOLD: LiteralString = """
    WITH gone AS (DELETE FROM inbox_counter RETURNING *)
    INSERT INTO inbox_counter
    SELECT assignee_id, state, sum(n), sum(unread), sum(waiting) FROM gone
     GROUP BY 1, 2 HAVING sum(n) <> 0 OR sum(unread) <> 0 OR sum(waiting) <> 0"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The conversations of an assignee (0: nobody) in one state."""

    assignee_id: int
    state: str
    n: int
    unread: int
    waiting: int


async def counted(conn: Conn, viewer_id: int | None) -> list[Counted]:
    """Of those that the viewer (`Viewer.sql_id`) may see."""
    return [Counted(**dict(row)) for row in await conn.fetch(COUNTERS, viewer_id)]


async def fold(conn: Conn) -> None:
    await conn.execute(FOLD)
