"""Taking an act back, field by field against what others changed since; the undo is an act itself, so undoing it is the redo."""

from __future__ import annotations

from uuid import UUID, uuid4

import asyncpg

from crm_core import events
from crm_core.acts import service as acts
from crm_core.acts import store as act_store
from crm_core.acts.model import RECORDS, Act, Left, Record, Ref, Undone
from crm_core.contacts.merging import service as merging
from crm_core.facts import ActUndone
from crm_core.history import undo_store as store
from crm_core.sql import Conn
from crm_core.tasks import store as tasks
from crm_core.users.model import Viewer
from values.errors import Conflict, NotFound
from values.sentences import phrase

BATCH = 1_000
AT_ONCE = 5_000
"""Records; an act of more is taken back by a job, batch by batch."""
WHOLE = frozenset(("contact.create", "company.create", "deal.create", "task.create", "lead.qualify"))
"""Acts that are taken back altogether or not at all."""


async def get(conn: Conn, viewer: Viewer, act_id: UUID) -> Act:
    """The act, locked, for who may take it back: who did it, and who sees everything. Raises NotFound."""
    found = await act_store.lock(conn, act_id)
    if found is None or (viewer.scope() is not None and viewer.user_id != found.user_id):
        raise NotFound(phrase("There is nothing to undo any more."))
    return found


async def is_of_records(conn: Conn, act_id: UUID) -> bool:
    """Whether it changed records, and nothing in the inbox."""
    found = await act_store.get(conn, act_id)
    if found is None or found.conversation_id is not None or found.message_id is not None:
        return False
    return await first_of(conn, act_id) is not None


async def first_of(conn: Conn, act_id: UUID) -> Ref | None:
    """One of the records that the act changed."""
    return next(iter(await store.next_records(conn, act_id, RECORDS, after=None, limit=1)), None)


async def too_many(conn: Conn, viewer: Viewer, act_id: UUID) -> int:
    """How many records the act changed, where they are too many for at once: a job takes them back. 0 where they are not.

    Raises NotFound and Conflict as `undo` does.
    """
    _check_open(await get(conn, viewer, act_id))
    records = await store.size(conn, act_id)
    return records if records > AT_ONCE else 0


async def undo(conn: Conn, viewer: Viewer, act_id: UUID) -> Undone:
    """Take an act back at once. Raises Conflict where it is undone already, or nothing of it can be put back."""
    found = await get(conn, viewer, act_id)
    _check_open(found)
    undoing, after, records = uuid4(), None, 0
    left: list[Left] = []
    async with conn.transaction():
        while True:
            done = await undo_batch(conn, viewer, act_id, undoing=undoing, after=after, limit=BATCH)
            records, after = records + done.records, done.after
            left.extend(done.left)
            if after is None:
                break
        if left and (records == 0 or found.kind in WHOLE):
            raise Conflict(_why(left))
    return Undone(act_id=undoing, records=records, left=tuple(left))


async def undo_batch(
    conn: Conn,
    viewer: Viewer,
    act_id: UUID,
    *,
    undoing: UUID,
    after: Ref | None,
    limit: int = BATCH,
) -> Undone:
    """Take back the next records of an act, for jobs: `undoing` is one id for all batches, `after` where the last one ended.

    With the last batch (its `after` is None) the act is undone.
    """
    found = await get(conn, viewer, act_id)
    async with acts.acting(
        conn, viewer, "undo", cause=found.cause, cause_id=found.cause_id, parent_id=act_id, act_id=undoing
    ):
        records: list[Ref] = []
        left: list[Left] = []
        merged = after is None and await _take_apart(conn, viewer, act_id)
        if merged:
            done = 1
        else:
            records = await store.next_records(conn, act_id, RECORDS, after=after, limit=limit)
            done, left = await _put_back(conn, viewer, act_id, records)
    is_last = merged or len(records) < limit
    if is_last:
        await store.undone(conn, act_id)
        fact = ActUndone(user_id=viewer.user_id, what=found.kind)
        await events.announce(conn, [fact])
    return Undone(act_id=undoing, records=done, left=tuple(left), after=None if is_last else records[-1])


async def _take_apart(conn: Conn, viewer: Viewer, act_id: UUID) -> bool:
    """What the act merged becomes two again, and what it took apart one; whether it did any of that."""
    if not await store.had_merges(conn, act_id):
        return False
    for merge_id in await store.merges(conn, act_id):
        await merging.unmerge(conn, viewer, merge_id)
    for apart in await store.unmerged(conn, act_id):
        await merging.merge_again(conn, viewer, apart.id)
    return True


async def _put_back(conn: Conn, viewer: Viewer, act_id: UUID, records: list[Ref]) -> tuple[int, list[Left]]:
    """How many records have something back, and the fields that stay as they are."""
    done: set[Ref] = set()
    left: list[Left] = []
    for object_ in RECORDS:
        ids = [each.id for each in records if each.object == object_]
        if not ids:
            continue
        for each in await _put_back_of(conn, viewer, act_id, object_, ids):
            if each.is_back:
                done.add(Ref(object_, each.record))
            else:
                left.append(Left(object=object_, record=each.record, field=each.field))
        if object_ == "task":
            await tasks.follow(conn, await store.deals_of_tasks(conn, ids, act_id))
    return len(done), left


async def _put_back_of(
    conn: Conn, viewer: Viewer, act_id: UUID, object_: Record, ids: list[int]
) -> list[store.PutBack]:
    """All at once; where one of them cannot be as before (another has its place), each by itself."""
    try:
        async with conn.transaction():
            return await store.put_back(conn, act_id, object_, ids, viewer.user_id)
    except (asyncpg.UniqueViolationError, asyncpg.ForeignKeyViolationError):
        if len(ids) == 1:
            return [store.PutBack(record=ids[0], field="", is_back=False)]
    half = len(ids) // 2
    first = await _put_back_of(conn, viewer, act_id, object_, ids[:half])
    return [*first, *await _put_back_of(conn, viewer, act_id, object_, ids[half:])]


def _check_open(found: Act) -> None:
    if found.undone_at is not None:
        raise Conflict(phrase("It is undone already."))


def _why(left: list[Left]) -> str:
    if any(each.field == "" for each in left):
        return phrase("Something was added to it since, so it cannot be undone any more.")
    return phrase("It was changed again since, so it can no longer be undone.")
