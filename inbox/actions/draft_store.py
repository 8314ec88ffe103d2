"""SQL of drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn

OF: LiteralString = (
    "SELECT kind, text, at FROM inbox_draft WHERE user_id = $1 AND conversation_id = $2 ORDER BY at"
)
KEEP: LiteralString = """
    INSERT INTO inbox_draft (user_id, conversation_id, kind, text, at)
    VALUES ($1, $2, $3, $4, clock_timestamp() - make_interval(secs => $5))
    ON CONFLICT (user_id, conversation_id, kind) DO UPDATE SET text = excluded.text, at = excluded.at"""
DROP: LiteralString = "DELETE FROM inbox_draft WHERE user_id = $1 AND conversation_id = $2 AND kind = $3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text that was not sent."""

    kind: str
    text: str
    at: datetime


async def of(conn: Conn, user_id: int, conversation_id: int) -> list[Draft]:
    """The last one last."""
    return [Draft(**dict(row)) for row in await conn.fetch(OF, user_id, conversation_id)]


async def keep(
    conn: Conn, user_id: int, conversation_id: int, *, kind: str, text: str, seconds_ago: float
) -> None:
    """In the place of the user's draft of this kind."""
    await conn.execute(KEEP, user_id, conversation_id, kind, text, seconds_ago)


async def drop(conn: Conn, user_id: int, conversation_id: int, *, kind: str) -> None:
    await conn.execute(DROP, user_id, conversation_id, kind)
