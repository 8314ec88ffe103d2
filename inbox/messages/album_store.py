"""SQL of which message the parts of an album became."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

KNOWN: LiteralString = """
    SELECT p.channel_id, p.external_id, p.message_id, m.conversation_id
      FROM unnest($1::int[], $2::text[]) AS t (channel_id, external_id)
      JOIN inbox_part p ON p.channel_id = t.channel_id AND p.external_id = t.external_id
      JOIN inbox_message m ON m.id = p.message_id"""
KEEP: LiteralString = """
    INSERT INTO inbox_part (channel_id, external_id, message_id)
    SELECT * FROM unnest($1::int[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING"""
CAPTION: LiteralString = """
    UPDATE inbox_message SET text = $2, html = $3, words = array_to_tsvector($4::text[]) WHERE id = $1 AND text = ''"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """The message that a part became, and where it stands."""

    message_id: int
    conversation_id: int


async def known(conn: Conn, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], Album]:
    """By channel and the name of the part or the album; those that are stored."""
    rows = await conn.fetch(KNOWN, [channel for channel, _ in keys], [name for _, name in keys])
    return {
        (row["channel_id"], row["external_id"]): Album(
            message_id=row["message_id"], conversation_id=row["conversation_id"]
        )
        for row in rows
    }


async def keep(conn: Conn, parts: Sequence[tuple[int, str, int]]) -> None:
    """Remember `(channel, name, message)`."""
    if parts:
        await conn.execute(KEEP, *[list(column) for column in zip(*parts, strict=True)])


async def caption(conn: Conn, message_id: int, *, text: str, html: str, words: Sequence[str]) -> None:
    """The words of a message that has none yet."""
    await conn.execute(CAPTION, message_id, text, html, list(words))
