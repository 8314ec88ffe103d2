"""Answers to messages of the same batch, which no table has yet: they follow those into their conversation. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inbox.messages import answers
from inbox.messages.answers import FORGED_MARK, Answer, SenderTrust
from inbox.messages.model import Incoming


def find_answered(incoming: Sequence[Incoming]) -> None:
    """Let messages follow earlier ones of the batch by the rules that hold for stored ones."""
    known: dict[tuple[int, str], Incoming] = {}
    for message in incoming:
        if message.conversation is None and message.event.references:
            _follow(message, known)
        if message.work.channel.connector.spec.abilities.subject:
            known.setdefault((message.work.channel.id, message.event.external_id), message)


def _follow(message: Incoming, known: Mapping[tuple[int, str], Incoming]) -> None:
    channel = message.work.channel.id
    near = [known[channel, ident] for ident in answers.named(message) if (channel, ident) in known]
    if not near:
        return
    found = {one.event.external_id: _as_stored(one) for one in near}
    answer = answers.answer_of(message, found, _standing(message, near))
    if not isinstance(answer, Answer):
        message.why = message.why or answer
        return
    near_it = next((one for one in near if id(_host(one)) == answer.conversation_id), None)
    if near_it is None:
        return
    host, told = _host(near_it), found[near_it.event.external_id]
    message.conversation, message.follows, message.why = (
        host.conversation,
        None if host.conversation else host,
        answer.why,
    )
    is_person = answers.is_person(message, told["handle_kind"], told["handle_value"])
    message.is_guest = not answer.is_same and not is_person


def _host(message: Incoming) -> Incoming:
    """The message of the batch whose conversation it will be."""
    return message.follows or message


def _as_stored(message: Incoming) -> dict[str, Any]:
    """What a stored message would tell; the conversation is told by its first message in the batch."""
    host = _host(message)
    handle = host.event.sender.handles[0]
    return {
        "conversation_id": id(host),
        "contact_id": 0,
        "handle_kind": host.conversation.handle_kind if host.conversation else handle.kind,
        "handle_value": host.conversation.handle_value if host.conversation else handle.value,
        "subject": message.event.subject,
        "conversation_subject": host.conversation.subject if host.conversation else host.event.subject,
        "thread": host.conversation.thread if host.conversation else FORGED_MARK if host.event.forged else "",
        "copies": (*message.event.copies, *message.event.answer_to),
        "machine": message.event.machine,
        "message_id": 0,
        "text": message.event.text,
    }


def _standing(message: Incoming, near: Sequence[Incoming]) -> SenderTrust:
    """A claimed sender has no part in what the same address proved in this batch."""
    mine = message.event.sender.handles[0]
    proven = {
        (0, mine.kind, mine.value)
        for one in near
        for handle in _host(one).event.sender.handles
        if (handle.kind, handle.value, handle.trust) == (mine.kind, mine.value, "proven")
    }
    return SenderTrust(proven=frozenset(proven))
