"""Who leads a conversation: answering for a colleague takes nothing away; a take-over is asked and told."""

from __future__ import annotations

from typing import Any, Literal

from crm_core.acts import store as acts
from crm_core.acts.service import Doing
from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import Viewer
from inbox.actions import store
from inbox.changes import Change
from inbox.conversations.model import Conversation
from values.errors import Conflict, NotFound
from values.sentences import phrase

Lead = Literal["ask", "help", "take"]
"""Somebody else leads it: ask first, answer for them, or take it over."""


class Led(Conflict):
    """A colleague leads the conversation, and whoever writes has not said what they mean by it."""

    def __init__(self, sentence: str, *, user_id: int, name: str) -> None:
        super().__init__(sentence)
        self.user_id, self.name = user_id, name


class Taken(Conflict):
    """A colleague has taken the conversation from whoever writes; nothing was sent."""

    def __init__(self, sentence: str, *, name: str, by_name: str) -> None:
        super().__init__(sentence)
        self.name, self.by_name = name, by_name


def other_of(conversation: Conversation, viewer: Viewer) -> int | None:
    """The colleague who leads it, seen from this viewer; the product and tokens without a user have no colleagues."""
    if viewer.user_id is None or conversation.assignee_id in (None, viewer.user_id):
        return None
    return conversation.assignee_id


async def settle(conn: Conn, conversation: Conversation, viewer: Viewer, lead: Lead) -> bool:
    """Whether the writer has the conversation from now on. Raises Led when a colleague leads it and `lead` is `ask`."""
    other = other_of(conversation, viewer)
    if other is not None and lead == "ask":
        name = (await users.get(conn, other)).name
        raise Led(
            phrase("{name} leads this conversation. Answer for them, or take it over?", name=name),
            user_id=other,
            name=name,
        )
    return other is None or lead == "take"


async def told_of(conn: Conn, conversation: Conversation, viewer: Viewer, doing: Doing) -> dict[str, Any]:
    """What a change says of its act, so that who lost or got the conversation is told and can undo it."""
    if conversation.had_assignee == conversation.assignee_id:
        return {}
    doing.concerns = [id_ for id_ in (conversation.had_assignee, conversation.assignee_id) if id_ is not None]
    by_name = (await users.get(conn, viewer.user_id)).name if viewer.user_id else ""
    return {"act": str(doing.id), "by": viewer.user_id, "by_name": by_name}


async def say_who_has_it(conn: Conn, viewer: Viewer, id_: int) -> None:
    """Raise Taken for a conversation that this viewer lost lately; says nothing of others."""
    if viewer.user_id is None:
        return
    lost = await acts.last_of(conn, id_, viewer.user_id)
    now_with = await store.assignee_name(conn, id_) if lost else None
    if lost and now_with:
        name = now_with
        raise Taken(
            phrase("{name} has this conversation now. Nothing was sent; your text is kept.", name=name),
            name=name,
            by_name=lost.user_name,
        )


async def ask_back(conn: Conn, viewer: Viewer, id_: int) -> list[Change]:
    """Ask whoever has the conversation now to give it back. Raises NotFound for who never had it."""
    lost = await acts.last_of(conn, id_, viewer.user_id or 0)
    conversation = await store.lock(conn, None, id_) if lost else None
    if conversation is None or conversation.assignee_id in (None, viewer.user_id):
        raise NotFound(phrase("There is no such conversation, or it is a colleague's."))
    name = (await users.get(conn, viewer.user_id or 0)).name
    data: dict[str, Any] = {"asked_by": viewer.user_id, "asked_by_name": name}
    return [
        Change(
            kind="conversation", id=id_, conversation_id=id_, assignee_id=conversation.assignee_id, data=data
        )
    ]
