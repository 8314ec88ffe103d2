"""SQL of mail that came to several mailboxes of ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

FIRST_COPIES: LiteralString = """
    SELECT m.id, m.external_id, m.channel_id, m.subject, m.text, j.value AS sender,
           ARRAY(SELECT a.sha256 FROM inbox_attachment a
                  WHERE a.message_id = m.id AND a.sha256 IS NOT NULL ORDER BY a.sha256) AS files
      FROM inbox_message m
      JOIN inbox_conversation c ON c.id = m.conversation_id
     CROSS JOIN LATERAL (SELECT coalesce(m.data->>'sender', c.handle_value) AS value) AS j
     WHERE m.external_id = ANY($1::text[]) AND m.channel_id = ANY($2::int[]) AND m.direction = 'in'"""
KEEP: LiteralString = """
    INSERT INTO inbox_sighting (message_id, channel_id, journal_id)
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::bigint[])
    ON CONFLICT (message_id, channel_id) DO NOTHING"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCopy:
    """A mail that another mailbox may have brought before; `files` are digests of what is attached."""

    id: int
    subject: str
    text: str
    files: tuple[bytes, ...]


async def first_copies(
    conn: Conn, external_ids: Collection[str], channel_ids: Sequence[int]
) -> dict[tuple[str, str], FirstCopy]:
    """By Message-ID and sender."""
    rows = await conn.fetch(FIRST_COPIES, list(external_ids), list(channel_ids))
    return {
        (row["external_id"], row["sender"]): FirstCopy(
            id=row["id"], subject=row["subject"], text=row["text"], files=tuple(row["files"])
        )
        for row in rows
    }


async def keep(conn: Conn, sightings: Sequence[tuple[int, int, int]]) -> None:
    """Remember `(message, channel, journal row)`."""
    if sightings:
        await conn.execute(KEEP, *[list(column) for column in zip(*sightings, strict=True)])
