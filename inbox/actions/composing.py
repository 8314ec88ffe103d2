"""What a message keeps of how it was written: its mark-up, and which message of the conversation it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from connectors.contract import Abilities
from connectors.markup import read, to_plain
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.actions import store
from inbox.files import store as files
from values.errors import Invalid
from values.sentences import phrase
from values.texts import storable

EXCERPT = 200
MAX_TEXT = 100_000


def words_of(body: str, *, is_marked: bool) -> tuple[str, dict[str, Any]]:
    """The bare text, and the source where something in it is formatted. Raises Invalid where only marks are left."""
    if not is_marked:
        return body, {}
    found = read(body)
    text = to_plain(found).strip()
    if not text and body:
        raise Invalid(phrase("Write something first."), field="text")
    return (text, {"marked": body}) if found.spans else (text, {})


async def answer_to(
    conn: Conn, conversation_id: int, answers_id: int | None, *, abilities: Abilities
) -> dict[str, Any]:
    """The message that is answered, as the thread quotes it. Raises Invalid for one of another conversation."""
    if answers_id is None:
        return {}
    if not abilities.reply_to:
        raise Invalid(
            phrase("On this channel an answer cannot name the message it answers."), field="answers"
        )
    found = await store.answerable(conn, conversation_id, answers_id)
    if found is None:
        raise Invalid(phrase("The message to answer is not in this conversation."), field="answers")
    text = " ".join(found.text.split())
    shown = text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"
    return {"answers": {"id": answers_id, "who": found.who, "text": shown}}


def checked(text: str, attachment_ids: Sequence[UUID]) -> str:
    """The text as it is kept. Raises Invalid where there is nothing to say, or too much."""
    body = storable(text).strip()
    if not body and not attachment_ids:
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
    return body


async def attach(conn: Conn, message_id: int, ids: Sequence[UUID], viewer: Viewer) -> None:
    """Hang uploaded files on the message. Raises Invalid where one is gone."""
    if ids and await files.attach(conn, message_id, ids, user_id=viewer.user_id) != len(set(ids)):
        raise Invalid(phrase("An attached file is gone; attach it again."), field="attachments")
