"""SQL of profiles that providers tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn
from inbox.profiles.model import ProfileToAsk

# Who was asked about within a month is not asked about again.
WANT: LiteralString = """
    INSERT INTO inbox_profile (channel_id, kind, value)
    SELECT DISTINCT * FROM unnest($1::int[], $2::text[], $3::text[]) AS t (channel_id, kind, value) ORDER BY 1, 2, 3
    ON CONFLICT (channel_id, kind, value) DO UPDATE SET ask_at = now(), attempts = 0
     WHERE inbox_profile.ask_at IS NULL AND inbox_profile.asked_at < now() - interval '30 days'"""
CLAIM: LiteralString = """
    UPDATE inbox_profile SET attempts = attempts + 1, ask_at = now() + interval '2 minutes'
     WHERE (channel_id, kind, value) IN (SELECT channel_id, kind, value FROM inbox_profile WHERE ask_at <= now()
                                          ORDER BY ask_at LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING channel_id, kind, value, attempts"""
TOLD: LiteralString = """
    UPDATE inbox_profile SET name = $4, picture = coalesce($5, picture), ask_at = NULL, asked_at = now(), attempts = 0
     WHERE channel_id = $1 AND kind = $2 AND value = $3"""
LATER: LiteralString = """
    UPDATE inbox_profile SET ask_at = now() + make_interval(secs => $4) WHERE channel_id = $1 AND kind = $2 AND value = $3"""
PICTURE: LiteralString = """
    SELECT b.content FROM crm_handle h JOIN crm_contact c ON c.id = h.contact_id
      JOIN inbox_profile p ON p.kind = h.kind AND p.value = h.value AND p.picture IS NOT NULL
      JOIN inbox_blob b ON b.sha256 = p.picture
     WHERE c.root_id = $1 AND h.trust = 'proven' ORDER BY p.asked_at DESC LIMIT 1"""


async def want(conn: Conn, people: Sequence[tuple[int, str, str]]) -> None:
    """Ask about these soon: channel, kind and value of a handle."""
    await conn.execute(WANT, *(list(column) for column in zip(*people, strict=True)))


async def claim(conn: Conn, limit: int) -> list[ProfileToAsk]:
    """Whom to ask about now; nobody else asks about them for two minutes."""
    return [ProfileToAsk(**row) for row in await conn.fetch(CLAIM, limit)]


async def told(conn: Conn, asked: ProfileToAsk, *, name: str, picture: bytes | None) -> None:
    """What the provider said, which may be nothing."""
    await conn.execute(TOLD, asked.channel_id, asked.kind, asked.value, name, picture)


async def later(conn: Conn, asked: ProfileToAsk, seconds: float) -> None:
    await conn.execute(LATER, asked.channel_id, asked.kind, asked.value, seconds)
