"""SQL of what tells whether a mail with a known id is the same mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

DETAILS: LiteralString = """
    SELECT m.channel_id, m.external_id, m.direction, m.subject, m.text, sha256(j.body) AS digest,
           ARRAY(SELECT a.sha256 FROM inbox_attachment a
                  WHERE a.message_id = m.id AND a.sha256 IS NOT NULL ORDER BY a.sha256) AS files,
           coalesce(m.data->>'sender', c.handle_value) AS sender
      FROM unnest($1::int[], $2::text[]) AS t (channel_id, external_id)
      JOIN inbox_message m ON m.channel_id = t.channel_id AND m.external_id = t.external_id
      JOIN inbox_conversation c ON c.id = m.conversation_id
      LEFT JOIN inbox_journal j ON j.id = m.journal_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What tells whether a mail with the same id is the same mail."""

    direction: str
    sender: str
    subject: str
    text: str
    digest: bytes
    files: tuple[bytes, ...]


async def details(conn: Conn, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Known]:
    """By channel and id; those that are stored."""
    rows = await conn.fetch(DETAILS, [channel for channel, _ in keys], [ident for _, ident in keys])
    return {
        (row["channel_id"], row["external_id"]): Known(
            direction=row["direction"],
            sender=row["sender"],
            subject=row["subject"],
            text=row["text"],
            digest=row["digest"] or b"",
            files=tuple(row["files"]),
        )
        for row in rows
    }
