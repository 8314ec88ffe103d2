"""From a claimed delivery to the message a connector sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from connectors.contract import Answered, ConnectorSpec, Handle, Outbound, OutboundFile
from inbox.channels.model import LiveChannel
from inbox.conversations.tokens import token_for
from inbox.delivery import store
from inbox.delivery.model import ClaimedDelivery
from inbox.files import store as files
from inbox.files.model import FileContent
from inbox.tickets import store as tickets

TITLE = 70
"""Letters of a subject that is made of a request's first words."""


@dataclass(slots=True, kw_only=True)
class _Around:
    """What the database knows of a message beyond what was claimed."""

    subject: str
    references: list[str] = field(default_factory=list[str])
    contents: Sequence[FileContent] = ()
    answered: Answered | None = None
    replies_to: str = ""
    ticket: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses at the hub that go out with messages: to refuse more of them, and to fetch a file."""

    refuse: Callable[[str, str], str] = lambda kind, value: ""
    file: Callable[[UUID, str], str] = lambda id_, name: ""


async def compose(
    pool: asyncpg.Pool, delivery: ClaimedDelivery, *, channel: LiveChannel, links: Links
) -> Outbound:
    """Everything the connector needs; asks the database only where there is more to know than the claim tells.

    A file that is larger than the channel carries is named in the text instead of being left out silently.
    """
    abilities = channel.connector.spec.abilities
    around = await _around(pool, delivery, channel.connector.spec)
    too_large = [file.name for file in around.contents if len(file.content) > abilities.file_limit]
    notices = [f"[{name}: too large for this channel]" for name in too_large]
    may_refuse = abilities.subject and delivery.is_unasked
    return Outbound(
        delivery_id=str(delivery.id),
        to=Handle(kind=delivery.handle_kind, value=delivery.handle_value),
        text="\n".join([delivery.text, *notices]).strip(),
        marked="\n".join([delivery.marked, *notices]).strip() if delivery.marked else "",
        html=delivery.html,
        subject=around.subject,
        thread=delivery.thread,
        to_name=delivery.to_name,
        sender_name=delivery.sender_name or "",
        signature=delivery.signature or "",
        references=tuple(around.references),
        replies_to=around.replies_to,
        files=tuple(
            OutboundFile(
                name=file.name, mime=file.mime, content=file.content, url=links.file(file.id, file.name)
            )
            for file in around.contents
            if len(file.content) <= abilities.file_limit
        ),
        buttons=delivery.buttons,
        by_bot=delivery.by_bot,
        reply_token=token_for(channel.config.secret, delivery.conversation_id) if abilities.subject else "",
        copies=delivery.copies,
        blind_copies=delivery.blind_copies,
        answered=around.answered,
        arrived=delivery.arrived,
        refuse_url=links.refuse(delivery.handle_kind, delivery.handle_value) if may_refuse else "",
        ticket=around.ticket,
    )


async def _around(pool: asyncpg.Pool, delivery: ClaimedDelivery, spec: ConnectorSpec) -> _Around:
    abilities = spec.abilities
    around = _Around(subject=delivery.subject or delivery.conversation_subject)
    chosen = delivery.answers_id
    in_group = abilities.reply_to and delivery.thread
    if not (abilities.subject or delivery.has_files or chosen or in_group or spec.tickets):
        return around
    conversation_id, message_id = delivery.conversation_id, delivery.message_id
    async with pool.acquire() as conn:
        around.subject = around.subject or title_of(await store.first_words(conn, conversation_id))
        if chosen and abilities.reply_to:
            around.replies_to = await store.external_id(conn, conversation_id, chosen)
        before = chosen + 1 if chosen and around.replies_to and abilities.subject else message_id
        around.references = await store.references(conn, conversation_id, before)
        if around.replies_to:
            rest = [one for one in around.references if one != around.replies_to]
            around.references = [around.replies_to, *rest]
        if abilities.subject and not delivery.by_bot:
            around.answered = await store.answered(
                conn, conversation_id, message_id, chosen=chosen if around.replies_to else None
            )
        if spec.tickets:
            around.ticket = await tickets.take(conn, conversation_id, delivery.id, chosen=chosen)
        around.contents = await files.contents(conn, message_id) if delivery.has_files else []
    return around


def title_of(words: str) -> str:
    """What a request without a subject is called: its first words."""
    line = " ".join(words.split())
    return line if len(line) <= TITLE else line[: TITLE - 1].rsplit(" ", 1)[0].rstrip(" .,;:!?") + "…"
