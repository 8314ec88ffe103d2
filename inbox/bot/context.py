"""What the house knows of a person, in the bot's words."""

from __future__ import annotations

from collections.abc import Mapping

from chatbot.model import Crm
from crm_core import normal
from crm_core.deals.model import ContactSnapshot
from inbox.conversations.model import Conversation


def name_of(said: str) -> str:
    """A name that somebody wrote under; empty for what is none."""
    shown = normal.name(said)
    return "" if normal.is_handle_like(shown) else shown


def with_told(known: Mapping[str, str], conversation: Conversation) -> dict[str, str]:
    """With what the person told the bot in this conversation."""
    told = conversation.bot_state.get("known") or {}
    return {**known, **{key: str(value) for key, value in told.items()}}


def crm_of(found: ContactSnapshot | None) -> Crm:
    if found is None:
        return Crm()
    return Crm(
        owner=found.owner,
        tags=found.tags,
        pipeline=found.pipeline,
        stage=found.stage,
        has_lead=found.has_lead,
        deal=found.fields,
    )
