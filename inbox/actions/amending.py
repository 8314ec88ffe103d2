"""Verbs on a message that went out: say it differently, or take it from the customer. Carried out by the amender."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connectors.contract import Abilities, EditsMessages
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import amending_store, store
from inbox.actions.amending_store import Ours
from inbox.actions.composing import words_of
from inbox.actions.locking import change, locked
from inbox.changes import Change
from inbox.channels.directory import Directory
from inbox.conversations.model import Conversation
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase
from values.texts import storable

ARRIVED = ("sent", "delivered", "read")
MAX_TEXT = 100_000


async def rewrite(
    conn: Conn, viewer: Viewer, message_id: int, *, directory: Directory, text: str, is_marked: bool = False
) -> list[Change]:
    """Give a message of ours new words. Raises Conflict for one that did not go out or is gone, Invalid where its channel
    cannot, or nothing would change."""
    conversation, ours, abilities = await _ours(conn, viewer, message_id, directory)
    body, written = words_of(storable(text).strip(), is_marked=is_marked)
    if not abilities.edits:
        raise Invalid(phrase("On this channel what was sent cannot be changed."))
    if not ours.text or ours.data.get("buttons"):
        raise Conflict(phrase("Only the words of a message without buttons can be changed."))
    if not body:
        raise Invalid(phrase("Write something first."), field="text")
    if len(body) > MAX_TEXT:
        raise Invalid(
            phrase(
                "At most {max_text} characters; this has {body}.",
                max_text=f"{MAX_TEXT:,}",
                body=f"{len(body):,}",
            ),
            field="text",
        )
    marked = str(written.get("marked") or "")
    if (body, marked) == (ours.text, ours.data.get("marked") or "") and not ours.data.get("change"):
        raise Invalid(phrase("Nothing was changed."), field="text")
    await amending_store.ask(
        conn, conversation.id, ours, user_id=viewer.user_id, removes=False, text=body, marked=marked
    )
    return [change("delivery", conversation, id_=message_id)]


async def remove(conn: Conn, viewer: Viewer, message_id: int, *, directory: Directory) -> list[Change]:
    """Take a message of ours from the customer; here it stays, marked. Raises as `rewrite` does."""
    conversation, ours, abilities = await _ours(conn, viewer, message_id, directory)
    if not abilities.deletes:
        raise Invalid(phrase("On this channel what was sent cannot be deleted."))
    hours = abilities.delete_hours
    if hours and datetime.now(UTC) - ours.created_at > timedelta(hours=hours):
        raise Conflict(
            phrase("It is older than {hours} hours; this channel deletes only younger ones.", hours=hours)
        )
    await amending_store.ask(conn, conversation.id, ours, user_id=viewer.user_id, removes=True)
    return [change("delivery", conversation, id_=message_id)]


async def _ours(
    conn: Conn, viewer: Viewer, message_id: int, directory: Directory
) -> tuple[Conversation, Ours, Abilities]:
    conversation_id = await store.conversation_of(conn, message_id)
    if conversation_id is None:
        raise NotFound(phrase("There is no such message."))
    conversation = await locked(conn, viewer, conversation_id)
    ours = await amending_store.ours(conn, message_id)
    if ours is None or ours.delivery not in ARRIVED:
        raise Conflict(phrase("Only what we sent, and what arrived, can be changed."))
    asked = ours.data.get("change") or {}
    if ours.data.get("deleted") or (asked.get("what"), asked.get("state")) == ("delete", "waiting"):
        raise Conflict(phrase("It is deleted already."))
    channel = directory.by_id(ours.channel_id)
    if channel is None or not isinstance(channel.connector, EditsMessages):
        return conversation, ours, Abilities()
    return conversation, ours, channel.connector.spec.abilities
