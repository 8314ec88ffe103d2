"""What a message row keeps beside its words: why it is where it is, who wrote it, what its sender asked for. Pure."""

from __future__ import annotations

from inbox.messages.model import Placed

CHAIN = 20
LONGEST = 300


def data_of(message: Placed) -> dict[str, object]:
    """The `data` of the row; nothing that is empty but the reason."""
    event = message.event
    data: dict[str, object] = {"why": message.why}
    for name, value in (
        ("fields", dict(event.fields)),
        ("choice", event.choice),
        ("machine", event.machine),
        ("proof", dict(event.proof)),
        ("from", _from(message)),
        ("copies", list(event.copies)),
        ("answer_to", list(event.answer_to)),
        ("forged", event.forged),
        ("references", _chain(message)),
        ("forwarded", dict(event.forwarded)),
        ("sender", event.sender.handles[0].value if message.is_guest else ""),
        ("answers", message.quoted),
    ):
        if value:
            data[name] = value
    return data


def _from(message: Placed) -> str:
    """Who wrote it, where neither the conversation's own handle nor the contact's name tells."""
    handle = message.event.sender.handles[0]
    conversation = message.conversation
    if not message.who.said and (handle.kind, handle.value) == (
        conversation.handle_kind,
        conversation.handle_value,
    ):
        return ""
    return f"{message.event.sender.name} <{handle.value}>".strip()


def _chain(message: Placed) -> list[str]:
    """The ids that a mail names, nearest first, for the References of its answer (RFC 5322, 3.6.4)."""
    if not message.work.channel.connector.spec.abilities.subject or message.event.machine:
        return []
    return [ident for ident in message.event.references if "@" in ident and len(ident) < LONGEST][:CHAIN]
