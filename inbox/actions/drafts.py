"""Drafts: what a user has begun to write in a conversation, one of each kind, the same on every device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.conversations.visibility import SEES
from inbox.intake.model import clean
from values.errors import Invalid, NotFound
from values.sentences import phrase

KINDS = ("reply", "note")
MAX_TEXT = 100_000
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


async def of(conn: Conn, viewer: Viewer, id_: int) -> list[Draft]:
    """The viewer's drafts in a conversation, the last one last; theirs even when the conversation is not any more."""
    return [Draft(**dict(row)) for row in await conn.fetch(OF, viewer.user_id or 0, id_)]


async def keep(conn: Conn, viewer: Viewer, id_: int, *, kind: str, text: str, seconds_ago: float = 0) -> None:
    """Keep what was typed `seconds_ago`; nothing typed is no draft. Who lost the conversation while writing keeps it."""
    viewer.require_customers()
    if kind not in KINDS or viewer.user_id is None:
        raise Invalid(phrase("A draft is a reply or a note."), field="kind")
    body = clean(text)
    if len(body) > MAX_TEXT:
        raise Invalid(
            phrase(
                "At most {max_text} characters; this has {body}.",
                max_text=f"{MAX_TEXT:,}",
                body=f"{len(body):,}",
            ),
            field="text",
        )
    if not await conn.fetchval(SEES, viewer.sql_id, id_) and not await of(conn, viewer, id_):
        raise NotFound(phrase("There is no such conversation, or it is a colleague's."))
    if body.strip():
        await conn.execute(KEEP, viewer.user_id, id_, kind, body, seconds_ago)
    else:
        await drop(conn, viewer, id_, kind=kind)


async def drop(conn: Conn, viewer: Viewer, id_: int, *, kind: str) -> None:
    await conn.execute(DROP, viewer.user_id or 0, id_, kind)
