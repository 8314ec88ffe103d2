"""What happens around a conversation: somebody blocked us or came back, wants no advertising, has a new number; a group moved.

A line stands in the thread, where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connectors.contract import Handle, Notice
from crm_core.contacts import service as contacts
from crm_core.opt_outs import service as opt_outs
from crm_core.sql import Conn
from inbox.changes import Change
from inbox.conversations import store as conversation_store
from inbox.conversations.model import Conversation, NewMessage
from inbox.intake.work import Work
from inbox.messages import notice_store, store
from inbox.messages.people import identity_of
from inbox.messages.repeats import REPEAT


async def ingest(conn: Conn, told: Sequence[tuple[Work, Notice]], *, changes: list[Change]) -> None:
    """Apply notices in their order."""
    for work, notice in told:
        if await store.known(conn, [(work.channel.id, notice.key)]):
            work.settle("duplicate", REPEAT)
            continue
        await _reach(conn, notice)
        await _refuse(conn, notice)
        is_joined = await _become(conn, work, notice)
        conversations = await _talks(conn, work, notice)
        lines = [
            _line(work, notice, conversation, number) for number, conversation in enumerate(conversations)
        ]
        await conversation_store.write(conn, lines)
        changes += [
            Change(
                kind="message",
                id=line.id,
                conversation_id=line.conversation.id,
                assignee_id=line.conversation.assignee_id,
            )
            for line in lines
        ]
        is_heard = bool(lines) or is_joined or notice.reachable is not None or notice.refuses is not None
        work.settle("processed" if is_heard else "ignored", "" if is_heard else notice.text)


async def _reach(conn: Conn, notice: Notice) -> None:
    handle = notice.sender.handles[0]
    if notice.reachable:
        await contacts.mark_reachable(conn, [(handle.kind, handle.value)])
    elif notice.reachable is False:
        await contacts.mark_unreachable(conn, handle.kind, handle.value, notice.text)


async def _refuse(conn: Conn, notice: Notice) -> None:
    """Keep at every handle of theirs whether they want no advertising."""
    for handle in notice.sender.handles:
        if notice.refuses:
            await opt_outs.opt_out(conn, handle.kind, handle.value)
        elif notice.refuses is False:
            await opt_outs.opt_in(conn, handle.kind, handle.value)


async def _become(conn: Conn, work: Work, notice: Notice) -> bool:
    """The provider vouches that somebody known has another handle now: the same person, and answers go there."""
    new = notice.becomes
    if new is None or not await contacts.is_known(conn, [_key(one) for one in notice.sender.handles]):
        return False
    person = replace(notice.sender, handles=(*notice.sender.handles, new))
    seen = identity_of(person, channel_id=work.channel.id, connector=work.channel.row.connector)
    await contacts.resolve(conn, [seen])
    for old in notice.sender.handles:
        if old.kind == new.kind:
            held = await notice_store.held_at(conn, work.channel.id, *_key(old))
            await notice_store.readdress(conn, held, *_key(new))
    return True


async def _talks(conn: Conn, work: Work, notice: Notice) -> list[Conversation]:
    """The conversations in which the line stands: all that move, else the sender's."""
    if notice.moves_to:
        moved = await notice_store.move(conn, work.channel.id, notice.thread, to=notice.moves_to)
        return await conversation_store.locked_by_id(conn, moved)
    handles = (*((notice.becomes,) if notice.becomes else ()), *notice.sender.handles)
    for handle in handles:
        found = await conversation_store.locked_by_key(
            conn, [(work.channel.id, *_key(handle), notice.thread)]
        )
        if found:
            return found
    return []


def _key(handle: Handle) -> tuple[str, str]:
    return (handle.kind, handle.value)


def _line(work: Work, notice: Notice, conversation: Conversation, number: int) -> NewMessage:
    return NewMessage(
        conversation=conversation,
        direction="event",
        author="hub",
        at=notice.at,
        text=notice.text,
        external_id=notice.key if number == 0 else None,
        journal_id=work.id,
    )
