"""Deleting into the bin, restoring from it, and what lies there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import asyncpg

from crm_core import bin_facts, events, search
from crm_core.acts import service as acts
from crm_core.acts.model import Record
from crm_core.bin import store
from crm_core.bin.model import Lying, Moved, Touched
from crm_core.events import Fact
from crm_core.sql import Conn
from crm_core.tasks import store as tasks
from crm_core.users.model import Viewer
from values.errors import Conflict
from values.paging import Page, capped, decode, encode
from values.sentences import phrase

DAYS = 30
"""How long a record lies there before it is deleted for good."""
PURGED_AT_ONCE = 1_000
EPOCH = datetime.fromtimestamp(0, UTC)
TAKEN: Mapping[Record, str] = {
    "company": phrase("Another company has this domain now, so this one cannot be restored."),
    "lead": phrase("The contact has another open lead by now, so this one cannot be restored."),
    "task": phrase("Somebody is already assigned to call this contact back."),
}


async def delete(conn: Conn, viewer: Viewer, of: Record, ids: Sequence[int]) -> Moved:
    """Move records that the viewer sees into the bin; those that are there already, or are nobody's to see, are left out.

    What belongs to them (deals of a contact, tasks of a deal) stays where it is.
    """
    async with acts.acting(conn, viewer, f"{of}.delete") as act_id:
        touched = await store.delete(conn, viewer.scope(), of, ids, user_id=viewer.user_id)
        await _told(conn, viewer, DELETED[of], touched)
    return Moved(act_id=act_id if touched else None, ids=tuple(each.id for each in touched))


async def restore(conn: Conn, viewer: Viewer, of: Record, ids: Sequence[int]) -> Moved:
    """Take records out of the bin. Raises Conflict where another has taken the place of one meanwhile."""
    async with acts.acting(conn, viewer, f"{of}.restore") as act_id:
        try:
            async with conn.transaction():
                touched = await store.restore(conn, viewer.scope(), of, ids)
        except asyncpg.UniqueViolationError:
            raise Conflict(TAKEN.get(of, phrase("Another has its place by now."))) from None
        await _told(conn, viewer, RESTORED[of], touched)
    return Moved(act_id=act_id if touched else None, ids=tuple(each.id for each in touched))


async def lying(
    conn: Conn,
    viewer: Viewer,
    *,
    query: str = "",
    of: Record | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Lying]:
    """A page of the bin, what was deleted last first."""
    before = (datetime.max.replace(tzinfo=UTC), "", 0)
    if after:
        at, object_, id_ = decode(after, int, str, int)
        before = (EPOCH + timedelta(microseconds=at), object_, id_)
    limit = capped(limit)
    wanted = search.parse(query)
    texts = wanted.texts if wanted else ()
    found = await store.lying(conn, viewer.scope(), before=before, texts=texts, of=of, limit=limit + 1)
    cursor = _cursor(found[limit - 1]) if len(found) > limit else None
    return Page(items=found[:limit], next=cursor)


def _cursor(last: Lying) -> str:
    return encode((last.deleted_at - EPOCH) // timedelta(microseconds=1), last.object, last.id)


async def lies(conn: Conn, of: Record, id_: int) -> bool:
    """Whether it lies in the bin, or is gone altogether."""
    return await store.lies(conn, of, id_)


async def seen(conn: Conn, viewer: Viewer, of: Record, id_: int) -> int | None:
    """The record's id (of a merged contact the living one's), if it lies there and the viewer sees it."""
    return await store.seen(conn, viewer.scope(), of, id_)


async def purge(conn: Conn) -> None:
    """Delete for good what has lain its time; what something hangs on stays, and the bin says so."""
    while await store.purge(conn, limit=PURGED_AT_ONCE) == PURGED_AT_ONCE:
        pass


async def look_ahead(conn: Conn) -> None:
    """Make room for what the months to come will change."""
    await store.look_ahead(conn)


Told = Callable[[Touched, int | None], Fact]


async def _told(conn: Conn, viewer: Viewer, told: Told, touched: Sequence[Touched]) -> None:
    """It is told, and deals know their next step."""
    if deals := sorted({each.deal_id for each in touched if each.deal_id is not None}):
        await tasks.follow(conn, deals)
    await events.announce(conn, [told(each, viewer.user_id) for each in touched])


DELETED: Mapping[Record, Told] = {
    "contact": lambda one, who: bin_facts.ContactDeleted(contact_id=one.id, user_id=who),
    "company": lambda one, who: bin_facts.CompanyDeleted(company_id=one.id, user_id=who),
    "lead": lambda one, who: bin_facts.LeadDeleted(contact_id=one.contact_id, user_id=who, lead_id=one.id),
    "deal": lambda one, who: bin_facts.DealDeleted(contact_id=one.contact_id, deal_id=one.id, user_id=who),
    "task": lambda one, who: bin_facts.TaskDeleted(
        contact_id=one.contact_id, deal_id=one.deal_id, user_id=who, task_id=one.id
    ),
}
RESTORED: Mapping[Record, Told] = {
    "contact": lambda one, who: bin_facts.ContactRestored(contact_id=one.id, user_id=who),
    "company": lambda one, who: bin_facts.CompanyRestored(company_id=one.id, user_id=who),
    "lead": lambda one, who: bin_facts.LeadRestored(contact_id=one.contact_id, user_id=who, lead_id=one.id),
    "deal": lambda one, who: bin_facts.DealRestored(contact_id=one.contact_id, deal_id=one.id, user_id=who),
    "task": lambda one, who: bin_facts.TaskRestored(
        contact_id=one.contact_id, deal_id=one.deal_id, user_id=who, task_id=one.id
    ),
}
