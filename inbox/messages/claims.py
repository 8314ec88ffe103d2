"""Senders whom nothing proves: where they may write, and which conversations are not theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from inbox.conversations.model import Conversation
from inbox.messages import claim_store as store
from inbox.messages.answers import SenderTrust, is_claimed, named
from inbox.messages.model import Identified, Incoming, Linked, Referenced

Key: TypeAlias = tuple[int, str, str, str]
"""Where a sender's conversation is found: channel, kind and value of the handle, thread."""


async def trust_of(conn: Conn, asked: Sequence[Incoming], found: Mapping[str, Referenced]) -> SenderTrust:
    """What the guards must know of the claimed senders among those who answer something of ours."""
    held: set[tuple[int, str, str]] = set()
    present: set[tuple[int, str]] = set()
    for message in asked:
        if not is_claimed(message):
            continue
        handle = message.event.sender.handles[0]
        for parent in (found[name] for name in named(message) if name in found):
            held.add((parent.contact_id, handle.kind, handle.value))
            present.add((parent.conversation_id, handle.value))
    if not held:
        return SenderTrust()
    return SenderTrust(
        proven=frozenset(await contacts.proven_at(conn, held)),
        present=frozenset(await store.taking_part(conn, list(present))),
    )


async def held(
    conn: Conn, homeless: Sequence[Identified], conversations: Collection[Conversation]
) -> set[int]:
    """Ids of the conversations whose contact has proven the address that a mail in the batch only claims."""
    claimed = {
        (message.work.channel.id, handle.kind, handle.value)
        for message in homeless
        if _is_mail(message) and is_claimed(message)
        for handle in message.event.sender.handles[:1]
    }
    asked = [conversation for conversation in conversations if conversation.key[:3] in claimed]
    known = await contacts.proven_at(
        conn,
        [
            (conversation.contact_id, conversation.handle_kind, conversation.handle_value)
            for conversation in asked
        ],
    )
    return {
        conversation.id
        for conversation in asked
        if (conversation.contact_id, conversation.handle_kind, conversation.handle_value) in known
    }


async def find_addressees(conn: Conn, people: Sequence[Linked]) -> dict[tuple[str, str], int]:
    """Whom colleagues wrote to from another program: whoever has the address, by proof before by claim. Writing to an
    address proves nothing of it."""
    keys = [
        (handle.kind, handle.value)
        for message in people
        if message.answered is None and message.event.outbound and _is_mail(message)
        for handle in message.event.sender.handles[:1]
    ]
    return await contacts.holders(conn, keys)


def contact_told(message: Linked, addressees: Mapping[tuple[str, str], int]) -> int | None:
    """The contact that the conversation tells, or the address that a colleague wrote to."""
    if message.answered is not None:
        return None if message.is_guest else message.answered.contact_id
    handle = message.event.sender.handles[0]
    return addressees.get((handle.kind, handle.value)) if message.event.outbound else None


def _is_mail(message: Incoming) -> bool:
    return message.work.channel.connector.spec.abilities.subject
