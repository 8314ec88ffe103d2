"""From a claimed outbox row to the message a connector sends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from connectors.contract import Answered, Button, ConnectorSpec, Handle, Outbound, OutboundFile, Part
from inbox.channels.model import LiveChannel
from inbox.conversations.tokens import token_for
from inbox.delivery import store
from inbox.files import store as files
from inbox.tickets import store as tickets

TITLE = 70
"""Letters of a subject that is made of a request's first words."""


@dataclass(slots=True, kw_only=True)
class _Around:
    """What the database knows of a message beyond its row."""

    subject: str
    references: list[str] = field(default_factory=list[str])
    contents: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    answered: Answered | None = None
    replies_to: str = ""
    ticket: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses at the hub that go out with messages: to refuse more of them, and to fetch a file."""

    refuse: Callable[[str, str], str] = lambda kind, value: ""
    file: Callable[[UUID, str], str] = lambda id_, name: ""


async def compose(pool: asyncpg.Pool, row: dict[str, Any], *, channel: LiveChannel, links: Links) -> Outbound:
    """Everything the connector needs; asks the database only where there is more to know than the row tells.

    A file that is larger than the channel carries is named in the text instead of being left out silently.
    """
    abilities = channel.connector.spec.abilities
    around = await _around(pool, row, channel.connector.spec)
    fitting = [file for file in around.contents if len(file["content"]) <= abilities.file_limit]
    too_large = [file["name"] for file in around.contents if len(file["content"]) > abilities.file_limit]
    data: dict[str, Any] = row["data"]
    notices = [f"[{name}: too large for this channel]" for name in too_large]
    marked = str(data.get("marked") or "")
    return Outbound(
        delivery_id=str(row["id"]),
        to=Handle(kind=row["handle_kind"], value=row["handle_value"]),
        text="\n".join([row["text"], *notices]).strip(),
        marked="\n".join([marked, *notices]).strip() if marked else "",
        html=row["html"],
        subject=around.subject,
        thread=row["thread"],
        to_name=row["to_name"],
        sender_name=row["sender_name"] or "",
        signature=row["signature"] or "",
        references=tuple(around.references),
        replies_to=around.replies_to,
        files=tuple(
            OutboundFile(
                name=file["name"],
                mime=file["mime"],
                content=bytes(file["content"]),
                url=links.file(file["id"], file["name"]),
            )
            for file in fitting
        ),
        buttons=tuple(Button(**button) for button in data.get("buttons", ())),
        by_bot=row["by_bot"],
        reply_token=token_for(channel.config.secret, row["conversation_id"]) if abilities.subject else "",
        copies=tuple(data.get("copies", ())),
        blind_copies=tuple(data.get("blind_copies", ())),
        answered=around.answered,
        arrived=tuple(Part(external_id=id_, carries=carries) for id_, carries in row["parts"]),
        refuse_url=links.refuse(row["handle_kind"], row["handle_value"])
        if abilities.subject and is_unasked(row)
        else "",
        ticket=around.ticket,
    )


def is_unasked(row: dict[str, Any]) -> bool:
    """Whether the bot writes this by itself, not as an answer."""
    return bool(row["by_bot"] and row["data"].get("unasked"))


async def _around(pool: asyncpg.Pool, row: dict[str, Any], spec: ConnectorSpec) -> _Around:
    abilities = spec.abilities
    around = _Around(subject=row["subject"] or row["conversation_subject"])
    chosen: int | None = (row["data"].get("answers") or {}).get("id")
    in_group = abilities.reply_to and row["thread"]
    if not (abilities.subject or row["has_files"] or chosen or in_group or spec.tickets):
        return around
    talk_id, message_id = row["conversation_id"], row["message_id"]
    async with pool.acquire() as conn:
        around.subject = around.subject or title_of(await store.first_words(conn, talk_id))
        if chosen and abilities.reply_to:
            around.replies_to = await store.external_id(conn, talk_id, chosen)
        before = chosen + 1 if chosen and around.replies_to and abilities.subject else message_id
        around.references = await store.references(conn, talk_id, before)
        if around.replies_to:
            rest = [one for one in around.references if one != around.replies_to]
            around.references = [around.replies_to, *rest]
        if abilities.subject and not row["by_bot"]:
            around.answered = await store.answered(
                conn, talk_id, message_id, chosen=chosen if around.replies_to else None
            )
        if spec.tickets:
            around.ticket = await tickets.take(conn, talk_id, row["id"], chosen=chosen)
        around.contents = await files.contents(conn, message_id) if row["has_files"] else []
    return around


def title_of(words: str) -> str:
    """What a request without a subject is called: its first words."""
    line = " ".join(words.split())
    return line if len(line) <= TITLE else line[: TITLE - 1].rsplit(" ", 1)[0].rstrip(" .,;:!?") + "…"
