"""SQL of the tags of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from crm_core.sql import Conn

TAGS: LiteralString = "SELECT tags FROM inbox_conversation WHERE id = $1"
SET: LiteralString = "UPDATE inbox_conversation SET tags = $2 WHERE id = $1"
KNOWN: LiteralString = """
    SELECT tag FROM (SELECT unnest(tags) AS tag FROM (
           SELECT tags FROM inbox_conversation WHERE tags <> '{}' ORDER BY last_at DESC LIMIT 2000) AS r) AS t
     GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 50"""


async def tags(conn: Conn, id_: int) -> list[str]:
    return await conn.fetchval(TAGS, id_) or []


async def set_tags(conn: Conn, id_: int, tags: Sequence[str]) -> None:
    await conn.execute(SET, id_, list(tags))


async def known(conn: Conn) -> list[str]:
    """Those in use lately, the most frequent first."""
    return [row["tag"] for row in await conn.fetch(KNOWN)]
