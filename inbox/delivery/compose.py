"""From a claimed outbox row to the message a connector sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg

from connectors.contract import Answered, Button, Handle, Outbound, OutboundFile
from inbox.channels.model import LiveChannel
from inbox.delivery import store
from inbox.files import store as files
from inbox.process.tokens import token_for

TITLE = 70
"""Letters of a subject that is made of a request's first words."""


async def compose(
    pool: asyncpg.Pool, row: dict[str, Any], *, channel: LiveChannel, refuse_url: Callable[[str, str], str]
) -> Outbound:
    """Everything the connector needs; asks the database only where there is more to know than the row tells.

    A file that is larger than the channel carries is named in the text instead of being left out silently.
    """
    abilities = channel.connector.spec.abilities
    subject = row["subject"] or row["conversation_subject"]
    references: list[str] = []
    contents: list[dict[str, Any]] = []
    answered: Answered | None = None
    if abilities.subject or row["has_files"]:
        async with pool.acquire() as conn:
            subject = subject or title_of(await store.first_words(conn, row["conversation_id"]))
            references = await store.references(conn, row["conversation_id"], row["message_id"])
            if abilities.subject and not row["by_bot"]:
                answered = await store.answered(conn, row["conversation_id"], row["message_id"])
            contents = await files.contents(conn, row["message_id"]) if row["has_files"] else []
    fitting = [file for file in contents if len(file["content"]) <= abilities.file_limit]
    too_large = [file["name"] for file in contents if len(file["content"]) > abilities.file_limit]
    data: dict[str, Any] = row["data"]
    return Outbound(
        delivery_id=str(row["id"]),
        to=Handle(kind=row["handle_kind"], value=row["handle_value"]),
        text="\n".join(
            [row["text"], *(f"[{name}: too large for this channel]" for name in too_large)]
        ).strip(),
        html=row["html"],
        subject=subject,
        thread=row["thread"],
        to_name=row["to_name"],
        sender_name=row["sender_name"] or "",
        signature=row["signature"] or "",
        references=tuple(references),
        files=tuple(
            OutboundFile(name=file["name"], mime=file["mime"], content=bytes(file["content"]))
            for file in fitting
        ),
        buttons=tuple(Button(**button) for button in data.get("buttons", ())),
        by_bot=row["by_bot"],
        reply_token=token_for(channel.config.secret, row["conversation_id"]) if abilities.subject else "",
        copies=tuple(data.get("copies", ())),
        blind_copies=tuple(data.get("blind_copies", ())),
        answered=answered,
        refuse_url=refuse_url(row["handle_kind"], row["handle_value"])
        if abilities.subject and is_unasked(row)
        else "",
    )


def is_unasked(row: dict[str, Any]) -> bool:
    """Whether the bot writes this by itself, not as an answer."""
    return bool(row["by_bot"] and row["data"].get("unasked"))


def title_of(words: str) -> str:
    """What a request without a subject is called: its first words."""
    line = " ".join(words.split())
    return line if len(line) <= TITLE else line[: TITLE - 1].rsplit(" ", 1)[0].rstrip(" .,;:!?") + "…"
