"""What a message keeps of how it was written: its mark-up, and which message of the conversation it answers."""

from __future__ import annotations

from typing import Any

from connectors.contract import Abilities
from connectors.markup import read, to_plain
from crm_core.errors import Invalid
from crm_core.sql import Conn
from inbox.actions import store
from values.sentences import phrase

EXCERPT = 200


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
    text = " ".join(str(found["text"]).split())
    shown = text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"
    return {"answers": {"id": answers_id, "who": found["who"], "text": shown}}
