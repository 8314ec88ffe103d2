"""Drafts: what a user has begun to write in a conversation, one of each kind, the same on every device."""

from __future__ import annotations

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import draft_store as store
from inbox.actions.draft_store import Draft
from inbox.conversations import visibility_store
from values.errors import Invalid, NotFound
from values.sentences import phrase
from values.texts import storable

KINDS = ("reply", "note")
MAX_TEXT = 100_000


async def of(conn: Conn, viewer: Viewer, id_: int) -> list[Draft]:
    """The viewer's drafts in a conversation, the last one last; theirs even when the conversation is not any more."""
    return await store.of(conn, viewer.user_id or 0, id_)


async def keep(conn: Conn, viewer: Viewer, id_: int, *, kind: str, text: str, seconds_ago: float = 0) -> None:
    """Keep what was typed `seconds_ago`; nothing typed is no draft. Who lost the conversation while writing keeps it."""
    viewer.require_customers()
    if kind not in KINDS or viewer.user_id is None:
        raise Invalid(phrase("A draft is a reply or a note."), field="kind")
    body = storable(text)
    if len(body) > MAX_TEXT:
        raise Invalid(
            phrase(
                "At most {max_text} characters; this has {body}.",
                max_text=f"{MAX_TEXT:,}",
                body=f"{len(body):,}",
            ),
            field="text",
        )
    if not await visibility_store.sees(conn, viewer.sql_id, id_) and not await of(conn, viewer, id_):
        raise NotFound(phrase("There is no such conversation, or it is a colleague's."))
    if body.strip():
        await store.keep(conn, viewer.user_id, id_, kind=kind, text=body, seconds_ago=seconds_ago)
    else:
        await drop(conn, viewer, id_, kind=kind)


async def drop(conn: Conn, viewer: Viewer, id_: int, *, kind: str) -> None:
    await store.drop(conn, viewer.user_id or 0, id_, kind=kind)
