"""Answers to messages of the same batch, which no table has yet: they follow those into their conversation. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import structs

from inbox.messages import answers
from inbox.messages.answers import FORGED_MARK, Answer, SenderTrust
from inbox.messages.model import Linked, Referenced


def find_answered(incoming: Sequence[Linked]) -> list[Linked]:
    """The messages; those that answer earlier ones of the batch follow them, by the rules that hold for stored ones."""
    known: dict[tuple[int, str], int] = {}
    linked: list[Linked] = []
    for message in incoming:
        is_open = message.answered is None and message.event.references
        linked.append(_following(message, linked, known) if is_open else message)
        if message.work.channel.connector.spec.abilities.subject:
            known.setdefault((message.work.channel.id, message.event.external_id), len(linked) - 1)
    return linked


def _following(message: Linked, earlier: Sequence[Linked], known: Mapping[tuple[int, str], int]) -> Linked:
    channel = message.work.channel.id
    near = [known[channel, ident] for ident in answers.named(message) if (channel, ident) in known]
    if not near:
        return message
    found = {earlier[at].event.external_id: _as_stored(at, earlier) for at in near}
    answer = answers.answer_of(
        message, found, _standing(message, [earlier[_host(at, earlier)] for at in near])
    )
    if not isinstance(answer, Answer):
        return structs.replace(message, why=message.why or answer)
    near_it = next((at for at in near if _host(at, earlier) == answer.conversation_id), None)
    if near_it is None:
        return message
    at, told = _host(near_it, earlier), found[earlier[near_it].event.external_id]
    is_person = answers.is_person(message, told.handle_kind, told.handle_value)
    return structs.replace(
        message,
        answered=earlier[at].answered,
        follows=None if earlier[at].answered else at,
        why=answer.why,
        is_guest=not answer.is_same and not is_person,
    )


def _host(at: int, earlier: Sequence[Linked]) -> int:
    """The place of the message of the batch whose conversation it will be."""
    follows = earlier[at].follows
    return at if follows is None else follows


def _as_stored(at: int, earlier: Sequence[Linked]) -> Referenced:
    """What a stored message would tell; the conversation is told by the place of its first message in the batch."""
    message, host = earlier[at], earlier[_host(at, earlier)]
    handle = host.event.sender.handles[0]
    return Referenced(
        conversation_id=_host(at, earlier),
        contact_id=0,
        handle_kind=host.answered.handle_kind if host.answered else handle.kind,
        handle_value=host.answered.handle_value if host.answered else handle.value,
        subject=message.event.subject,
        conversation_subject=host.answered.subject if host.answered else host.event.subject,
        thread=host.answered.thread if host.answered else FORGED_MARK if host.event.forged else "",
        copies=(*message.event.copies, *message.event.answer_to),
        machine=message.event.machine,
        message_id=0,
        text=message.event.text,
    )


def _standing(message: Linked, hosts: Sequence[Linked]) -> SenderTrust:
    """A claimed sender has no part in what the same address proved in this batch."""
    mine = message.event.sender.handles[0]
    proven = {
        (0, mine.kind, mine.value)
        for one in hosts
        for handle in one.event.sender.handles
        if (handle.kind, handle.value, handle.trust) == (mine.kind, mine.value, "proven")
    }
    return SenderTrust(proven=frozenset(proven))
