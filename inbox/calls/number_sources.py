"""Which advertisement a number of ours stands in: whoever rings it comes from there (call tracking)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from connectors.phones import number_of
from crm_core.sql import Conn
from values.errors import Invalid
from values.sentences import phrase

UTM = ("utm_source", "utm_medium", "utm_campaign")
MOST = 500
LENGTH = 100

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


def read(typed: str, *, region: str) -> list[NumberSource]:
    """Lines such as `+12025550100 = billboard, outdoor, spring`: number, then source, medium and campaign. Raises Invalid."""
    found: dict[str, NumberSource] = {}
    for line, text in enumerate(typed.splitlines(), 1):
        if not text.strip():
            continue
        left, equals, right = text.partition("=")
        number = number_of(left, channel_region=region)
        words = [" ".join(word.replace("\0", "").split())[:LENGTH] for word in right.split(",")]
        if not equals or not number or not words[0] or len(words) > len(UTM):
            raise Invalid(
                phrase(
                    "Line {line} is not a number and its source; write +12025550100 = billboard, outdoor, "
                    "spring.",
                    line=line,
                ),
                field="sources",
            )
        if number in found:
            raise Invalid(phrase("The number {number} is there twice.", number=number), field="sources")
        marks = {name: word for name, word in zip(UTM, words, strict=False) if word}
        found[number] = NumberSource(number=number, utm=marks)
    if len(found) > MOST:
        raise Invalid(phrase("There are more than {most} numbers.", most=MOST), field="sources")
    return list(found.values())


def written(sources: Sequence[NumberSource]) -> str:
    """The lines that `read` reads."""
    return "\n".join(
        f"{each.number} = {', '.join(each.utm.get(name, '') for name in UTM).rstrip(', ')}"
        for each in sources
    )
