"""SQL of which advertisement a number of ours stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

OF: LiteralString = "SELECT number, utm FROM inbox_number_source WHERE channel_id = $1 ORDER BY position"
MARKS: LiteralString = """
    SELECT s.channel_id, s.number, s.utm FROM unnest($1::int[], $2::text[]) AS t (channel_id, number)
      JOIN inbox_number_source s ON s.channel_id = t.channel_id AND s.number = t.number"""
FORGET: LiteralString = "DELETE FROM inbox_number_source WHERE channel_id = $1"
KEEP: LiteralString = """
    INSERT INTO inbox_number_source (channel_id, number, utm, position)
    SELECT $1, number, utm, n FROM unnest($2::text[], $3::jsonb[]) WITH ORDINALITY AS t (number, utm, n)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSource:
    """A number of ours and the marks of whoever rings it."""

    number: str
    utm: Mapping[str, str]


async def of_line(conn: Conn, channel_id: int) -> list[NumberSource]:
    return [NumberSource(**dict(row)) for row in await conn.fetch(OF, channel_id)]


async def utm(conn: Conn, rung: Sequence[tuple[int, str]]) -> dict[tuple[int, str], dict[str, str]]:
    """The marks by `(channel, number)`, of those that have some."""
    rows = await conn.fetch(MARKS, [channel for channel, _ in rung], [number for _, number in rung])
    return {(row["channel_id"], row["number"]): dict(row["utm"]) for row in rows}


async def save(conn: Conn, channel_id: int, sources: Sequence[NumberSource]) -> None:
    """Put these in the place of all that there were."""
    await conn.execute(FORGET, channel_id)
    await conn.execute(
        KEEP, channel_id, [each.number for each in sources], [dict(each.utm) for each in sources]
    )
