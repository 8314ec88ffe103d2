"""What happens around a conversation: somebody blocked us or came back, a group moved or changed; a line in the thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from connectors.contract import Notice
from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from inbox.changes import Change
from inbox.process import store
from inbox.process.model import NewMessage, Talk, Work
from inbox.process.repeats import REPEAT

MOVE: LiteralString = """
    UPDATE inbox_conversation SET thread = $3 || substr(thread, length($2) + 1)
     WHERE channel_id = $1 AND (thread = $2 OR starts_with(thread, $2 || '/')) RETURNING id"""


async def take_in(conn: Conn, told: Sequence[tuple[Work, Notice]], *, changes: list[Change]) -> None:
    """Apply notices in their order."""
    for work, notice in told:
        if await store.known(conn, [(work.channel.id, notice.key)]):
            work.settle("duplicate", REPEAT)
            continue
        await _reach(conn, notice)
        talks = await _talks(conn, work, notice)
        lines = [_line(work, notice, talk, number) for number, talk in enumerate(talks)]
        await store.write(conn, lines)
        changes += [
            Change(
                kind="message", id=line.id, conversation_id=line.talk.id, assignee_id=line.talk.assignee_id
            )
            for line in lines
        ]
        is_heard = bool(lines) or notice.reachable is not None
        work.settle("processed" if is_heard else "ignored", "" if is_heard else notice.text)


async def _reach(conn: Conn, notice: Notice) -> None:
    handle = notice.sender.handles[0]
    if notice.reachable:
        await contacts.mark_reachable(conn, [(handle.kind, handle.value)])
    elif notice.reachable is False:
        await contacts.mark_unreachable(conn, handle.kind, handle.value, notice.text)


async def _talks(conn: Conn, work: Work, notice: Notice) -> list[Talk]:
    """The conversations in which the line stands: all that move, else the sender's."""
    if notice.moves_to:
        moved = await conn.fetch(MOVE, work.channel.id, notice.thread, notice.moves_to)
        return await store.talks_by_id(conn, [row["id"] for row in moved])
    handle = notice.sender.handles[0]
    return await store.talks_by_key(conn, [(work.channel.id, handle.kind, handle.value, notice.thread)])


def _line(work: Work, notice: Notice, talk: Talk, number: int) -> NewMessage:
    return NewMessage(
        talk=talk,
        direction="event",
        author="hub",
        at=notice.at,
        text=notice.text,
        external_id=notice.key if number == 0 else None,
        journal_id=work.id,
    )
