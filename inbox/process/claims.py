"""Senders whom nothing proves: where they may write, and which of their conversations are theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from inbox.process import store
from inbox.process.answers import FORGED_MARK, Standing, is_claimed, named
from inbox.process.model import Incoming, Talk

Key = tuple[int, str, str, str]


def mark_of(message: Incoming) -> str:
    """How threads begin whose senders are of this trust: nothing for a proven one, else what the claim rests on."""
    if message.mark is not None:
        return message.mark
    if message.event.forged:
        return FORGED_MARK
    handle = message.event.sender.handles[0]
    return f"{handle.evidence or 'claimed'}/" if handle.trust == "claimed" else ""


async def standing(conn: Conn, asked: Sequence[Incoming], found: Mapping[str, Mapping[str, Any]]) -> Standing:
    """What the guards must know of the claimed senders among those who answer something of ours."""
    held: set[tuple[int, str, str]] = set()
    present: set[tuple[int, str]] = set()
    for message in asked:
        if not is_claimed(message):
            continue
        handle = message.event.sender.handles[0]
        for parent in (found[name] for name in named(message) if name in found):
            held.add((int(parent["contact_id"]), handle.kind, handle.value))
            present.add((int(parent["conversation_id"]), handle.value))
    if not held:
        return Standing()
    return Standing(
        proven=frozenset(await contacts.proven_at(conn, held)),
        present=frozenset(await store.taking_part(conn, list(present))),
    )


async def keep_out(conn: Conn, placed: Sequence[tuple[Incoming, Talk | None]]) -> list[Incoming]:
    """The claimed senders whose conversation is not theirs any more: its contact has proven the address since. Their mark
    names their own contact from now on."""
    claimed = {
        id(message): (talk.contact_id, talk.handle_kind, talk.handle_value)
        for message, talk in placed
        if talk is not None and is_claimed(message) and not message.event.forged
        if message.work.channel.connector.spec.abilities.subject
    }
    held = await contacts.proven_at(conn, set(claimed.values()))
    kept_out = [message for message, _ in placed if claimed.get(id(message)) in held]
    for message in kept_out:
        message.mark = f"{message.event.sender.handles[0].evidence or 'claimed'}.{message.contact_id}/"
    return kept_out


async def find_addressees(conn: Conn, people: Sequence[Incoming]) -> dict[tuple[str, str], int]:
    """Whom colleagues wrote to from another program: whoever has the address, by proof before by claim. Writing to an
    address proves nothing of it, so the conversation is one of the kind that the contact's own mail has."""
    outbound = [
        message
        for message in people
        if message.talk is None
        and message.event.outbound
        and message.work.channel.connector.spec.abilities.subject
    ]
    keys = [
        (handle.kind, handle.value) for message in outbound for handle in message.event.sender.handles[:1]
    ]
    holders = await contacts.holders(conn, keys)
    for message in outbound:
        handle = message.event.sender.handles[0]
        holder = holders.get((handle.kind, handle.value))
        if holder is not None:
            message.mark = "" if holder.is_proven else f"{holder.evidence}/"
    return {key: holder.contact_id for key, holder in holders.items()}


def contact_told(message: Incoming, addressees: Mapping[tuple[str, str], int]) -> int | None:
    """The contact that the conversation tells, or the address that a colleague wrote to."""
    if message.talk is not None:
        return None if message.is_guest else message.talk.contact_id
    handle = message.event.sender.handles[0]
    return addressees.get((handle.kind, handle.value)) if message.event.outbound else None
