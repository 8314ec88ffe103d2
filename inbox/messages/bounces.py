"""A bounce marks the message it is about where the manager looks, and a dead address on its contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from connectors.contract import Failure
from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from inbox.changes import Change
from inbox.messages import bounce_store as store
from inbox.messages.bounce_store import SentTo
from inbox.messages.model import Incoming
from values.sentences import Sentence, joined, phrase
from values.texts import one_line

CAME_BACK = phrase("The mail came back.")
LONGEST_REASON = 600


async def name_messages(conn: Conn, fresh: Sequence[Incoming]) -> list[Incoming]:
    """The messages; bounces that name a recipient but no message are about the last mail we sent there."""
    nameless = [message for message in fresh if message.event.machine == "bounce" and not _ids(message)]
    asked = {
        (message.work.channel.id, failure.recipient.lower())
        for message in nameless
        for failure in message.event.failures
        if failure.recipient
    }
    if not asked:
        return list(fresh)
    found = await store.last_to(conn, asked)
    named = list[Incoming]()
    for message in fresh:
        channel = message.work.channel.id
        is_nameless = message.event.machine == "bounce" and not _ids(message)
        ids = [found.get((channel, failure.recipient.lower()), "") for failure in message.event.failures]
        named.append(_named(message, ids) if is_nameless and any(ids) else message)
    return named


async def mark(conn: Conn, fresh: Sequence[Incoming], *, changes: list[Change]) -> None:
    """Mark our messages that the batch's bounces name: failed, or still being tried; and addresses that are dead."""
    failed = [failure for message in fresh if message.event.machine == "bounce" for failure in _told(message)]
    if not failed:
        return
    sent_to = await store.sent_to(conn, {failure.external_id for failure in failed})
    final = {f.external_id: f.reason for f in failed if f.final and not _is_copy(f, sent_to)}
    partly = _partly([f for f in failed if f.final and f.external_id not in final], sent_to)
    late = {f.external_id: f.reason for f in failed if not f.final and f.external_id not in final}
    for mark_all, reasons in ((store.fail, final), (store.delay, late), (store.fail_partly, partly)):
        for one in await mark_all(conn, reasons) if reasons else ():
            changes.append(Change(kind="delivery", id=one.id, conversation_id=one.conversation_id))
    await _mark_dead(conn, [failure for message in fresh for failure in _sure(message)], sent_to)


async def mark_reachable(conn: Conn, people: Sequence[Incoming]) -> None:
    """Whoever writes can be written to again."""
    handles = [
        (handle.kind, handle.value)
        for message in people
        if not message.event.machine and not message.event.outbound and not message.event.forged
        for handle in message.event.sender.handles[:1]
    ]
    if handles:
        await contacts.mark_reachable(conn, handles)


def _is_copy(failure: Failure, sent_to: Mapping[str, SentTo]) -> bool:
    """Whether the bounce tells of somebody who got but a copy: whom the message is for may well have it."""
    to, recipient = sent_to.get(failure.external_id), failure.recipient.lower()
    return to is not None and recipient != to.value and recipient in to.copies


def _partly(copies: Sequence[Failure], sent_to: Mapping[str, SentTo]) -> dict[str, str]:
    """One sentence for each message, naming whom it did not reach, after what was said of it before."""
    missed: dict[str, list[str]] = {}
    for failure in copies:
        one = Sentence("{recipient}: {reason}", {"recipient": failure.recipient, "reason": failure.reason})
        missed.setdefault(failure.external_id, []).append(one)
    reasons: dict[str, str] = {}
    for ident, each in missed.items():
        now = phrase("Did not reach {people}", people=joined(dict.fromkeys(each), by="; "))
        before = sent_to[ident].reason if ident in sent_to else ""
        whole = joined([before, now], by="; ")
        reasons[ident] = whole if len(whole) <= LONGEST_REASON else now
    return reasons


async def _mark_dead(conn: Conn, dead: Sequence[Failure], sent_to: Mapping[str, SentTo]) -> None:
    """Only addresses that the returned message was sent to: a forged bounce does not know our message's id."""
    for failure in dead:
        to, recipient = sent_to.get(failure.external_id), failure.recipient.lower()
        if to is not None and recipient in {to.value, *to.copies}:
            await contacts.mark_unreachable(conn, to.kind, recipient, failure.reason)


def _ids(message: Incoming) -> list[str]:
    return [failure.external_id for failure in message.event.failures if failure.external_id]


def _named(message: Incoming, ids: Sequence[str]) -> Incoming:
    event = message.event
    failures = tuple(
        replace(failure, external_id=ident, dead=False)
        for failure, ident in zip(event.failures, ids, strict=True)
    )
    found = tuple(dict.fromkeys(ident for ident in ids if ident))
    event = replace(
        event, failures=failures, failed_ids=event.failed_ids or found, references=(*found, *event.references)
    )
    return structs.replace(message, event=event)


def _told(message: Incoming) -> list[Failure]:
    """What the bounce says of messages it names; a connector may give their ids alone."""
    event = message.event
    told = [failure for failure in event.failures if failure.external_id]
    known = {failure.external_id for failure in told}
    reason = told[0].reason if told else one_line(event.text, 300)
    return told + [
        Failure(external_id=ident, reason=reason or CAME_BACK)
        for ident in event.failed_ids
        if ident not in known
    ]


def _sure(message: Incoming) -> list[Failure]:
    if message.event.machine != "bounce":
        return []
    return [failure for failure in message.event.failures if failure.dead and failure.external_id]
