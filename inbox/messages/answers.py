"""Which conversation a message answers, with the reason; and the guards that keep it out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.contract import Trust
from crm_core.normal import company_domain
from inbox.conversations.subjects import bare_subject
from inbox.conversations.tokens import conversation_of
from inbox.messages.model import Incoming, Referenced
from values.sentences import phrase

EXCERPT = 200
BOUNCED = phrase("It says that a message of this conversation came back.")
COMPLAINED = phrase("It complains about a message of this conversation.")
ANSWERS = phrase("It answers a message of this conversation.")
ANOTHER_SUBJECT = phrase(
    "It answers a message of this conversation under another subject: move it out if it is another matter."
)
COLLEAGUE = phrase(
    "It answers a message of this conversation; somebody else of the same company or in copy wrote it."
)
SIGNED = phrase("It was sent to the reply address of this conversation.")
STRANGER = phrase("Somebody else answers a message of another conversation; it begins its own.")
MACHINE_PARENT = phrase("It answers an automatic message; it begins a conversation.")
UNPROVEN = phrase(
    "It answers a message of another conversation, but nothing proves who wrote it; it begins its own."
)
FORGED = phrase("The sender may be forged; it begins a conversation of its own.")
FORGED_MARK = "forged/"
"""How the threads of senders begin against whom the provider's checks speak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`is_same` False: somebody else writes in the conversation, whose address must not become the contact's."""

    conversation_id: int
    why: str
    is_same: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderTrust:
    """What is known of senders whom nothing proves: `proven` are (contact, kind, value) that the contact holds by proof,
    `present` are (conversation, address) that took part there before."""

    proven: frozenset[tuple[int, str, str]] = field(default_factory=frozenset[tuple[int, str, str]])
    present: frozenset[tuple[int, str]] = field(default_factory=frozenset[tuple[int, str]])


UNKNOWN = SenderTrust()


def answer_of(
    message: Incoming, found: Mapping[str, Referenced], trust: SenderTrust = UNKNOWN
) -> Answer | str:
    """The conversation that is answered, or why none is (empty where it answers nothing of ours)."""
    refused = ""
    for reference in named(message):
        parent = found.get(reference)
        if parent is None:
            continue
        verdict = _judged(message, parent, trust)
        if isinstance(verdict, Answer):
            return verdict
        refused = refused or verdict
    if message.event.forged:
        return refused or FORGED
    secret = message.work.channel.config.secret
    signed = (conversation_of(secret, reference) for reference in message.event.references)
    if id_ := next((id_ for id_ in signed if id_), None):
        return Answer(conversation_id=id_, why=SIGNED, is_same=False)
    return refused


def quoted(message: Incoming, found: Mapping[str, Referenced]) -> dict[str, Any]:
    """The message that is answered, as the thread quotes it; nothing for mail, where all of it is one talk."""
    if message.event.machine or message.work.channel.connector.spec.abilities.subject:
        return {}
    parent = found.get(next(iter(message.event.references), ""))
    if parent is None:
        return {}
    text = " ".join(parent.text.split())
    shown = text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"
    return {"id": parent.message_id, "who": "", "text": shown}


def named(message: Incoming) -> tuple[str, ...]:
    """External ids that the message names, the most telling first."""
    return (*message.event.failed_ids[:5], *message.event.references[:50])


def is_person(message: Incoming, kind: str, value: str) -> bool:
    """Whether one of the sender's handles is this one."""
    return any((handle.kind, handle.value) == (kind, value) for handle in message.event.sender.handles)


def is_claimed(message: Incoming) -> bool:
    """Whether nothing proves that the sender's address is theirs."""
    return message.event.sender.handles[0].trust == Trust.CLAIMED and not message.event.outbound


def _judged(message: Incoming, parent: Referenced, trust: SenderTrust) -> Answer | str:
    id_ = parent.conversation_id
    if message.event.machine == "bounce":
        return Answer(conversation_id=id_, why=BOUNCED)
    if message.event.machine == "feedback":
        return Answer(conversation_id=id_, why=COMPLAINED)
    is_kept_apart = parent.thread.startswith(FORGED_MARK)
    if message.event.forged != is_kept_apart and not message.event.outbound:
        return FORGED if message.event.forged else STRANGER
    if is_claimed(message) and _is_held(message, parent, trust):
        return UNPROVEN
    if is_person(message, parent.handle_kind, parent.handle_value):
        is_other = _is_other_subject(message.event.subject, parent)
        return Answer(conversation_id=id_, why=ANOTHER_SUBJECT if is_other else ANSWERS)
    if parent.machine:
        return MACHINE_PARENT
    if message.event.outbound or message.event.forged:
        return STRANGER
    if not _is_near(message, parent, trust):
        return UNPROVEN if is_claimed(message) and _is_colleague(message, parent) else STRANGER
    return Answer(conversation_id=id_, why=COLLEAGUE, is_same=False)


def _is_held(message: Incoming, parent: Referenced, trust: SenderTrust) -> bool:
    handle = message.event.sender.handles[0]
    return (parent.contact_id, handle.kind, handle.value) in trust.proven


def _is_other_subject(subject: str, parent: Referenced) -> bool:
    new = bare_subject(subject).casefold()
    known = {bare_subject(name).casefold() for name in (parent.subject, parent.conversation_subject)}
    return bool(new) and bool(known - {""}) and new not in known


def _is_near(message: Incoming, parent: Referenced, trust: SenderTrust) -> bool:
    """Somebody who had the answered mail in copy; a proven colleague of the one we talk to; a claimed one only who took
    part before."""
    mine = {handle.value for handle in message.event.sender.handles}
    if mine & set(parent.copies):
        return True
    if is_claimed(message):
        return any((parent.conversation_id, value) in trust.present for value in mine)
    return _is_colleague(message, parent)


def _is_colleague(message: Incoming, parent: Referenced) -> bool:
    domain = company_domain(parent.handle_value)
    return bool(domain) and domain in {
        company_domain(handle.value) for handle in message.event.sender.handles
    }
