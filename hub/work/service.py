"""Beginning, looking at, cancelling and repeating jobs: everybody their own, administrators all."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import Viewer
from hub.database import Pool
from hub.work import part_store, store
from hub.work.kind import Kind
from hub.work.model import ENDED, Count, Job
from inbox.changes import Change
from values.errors import Conflict, NotFound
from values.paging import Page, capped, decode, encode
from values.sentences import phrase

KEPT_DAYS = 30


async def begin(
    conn: Conn, viewer: Viewer, kind: Kind, payload: Mapping[str, Any], *, total: int | None = None
) -> int:
    """Put a job into the queue; it begins within two seconds of the commit. Raises Forbidden."""
    kind.check(viewer)
    return await store.add(conn, kind.name, user_id=viewer.user_id, payload=payload, total=total)


async def get(conn: Conn, viewer: Viewer, id_: int) -> Job:
    """Raises NotFound, also for somebody else's."""
    job = await store.get(conn, id_, of_user=_whose(viewer))
    if job is None:
        raise NotFound(phrase("There is no such job."))
    return (await _named(conn, [job]))[0]


async def asked(conn: Conn, viewer: Viewer, id_: int, kind: Kind) -> tuple[Job, Mapping[str, Any]]:
    """A job of this kind, and what it was asked to do. Raises NotFound, also for another kind."""
    job = await get(conn, viewer, id_)
    payload = await store.payload(conn, id_)
    if job.kind != kind.name or payload is None:
        raise NotFound(phrase("There is no such job."))
    return job, payload.values


async def listed(
    conn: Conn, viewer: Viewer, *, state: str | None = None, after: str | None = None, limit: int = 50
) -> Page[Job]:
    """Newest first."""
    before = decode(after, int)[0] if after else None
    limit = capped(limit)
    jobs = await store.listed(conn, of_user=_whose(viewer), state=state, before=before, limit=limit + 1)
    items = await _named(conn, jobs[:limit])
    return Page(items=items, next=encode(jobs[limit - 1].id) if len(jobs) > limit else None)


async def of(conn: Conn, ids: list[int]) -> list[Job]:
    """These, whoever may see them: for pushes, which ask each page."""
    return await _named(conn, await store.of(conn, ids))


async def unread(conn: Conn, user_ids: Sequence[int]) -> list[Job]:
    """What these people began, is over, and was not read by them; newest first. Nobody else is told of it."""
    return await _named(conn, await store.unread(conn, user_ids)) if user_ids else []


async def read(conn: Conn, viewer: Viewer, ids: Sequence[int]) -> list[Change]:
    """Whoever began them has seen how they ended; what is somebody else's or not over yet stays as it is."""
    if viewer.user_id is None or not ids or not await store.read(conn, viewer.user_id, ids):
        return []
    return [_read_by(viewer.user_id)]


async def cancel(conn: Conn, viewer: Viewer, id_: int) -> list[Change]:
    """A queued one is over, a running one stops at its next batch and keeps what it did. Raises NotFound, Conflict."""
    job = await get(conn, viewer, id_)
    if not await store.cancel(conn, id_):
        raise Conflict(phrase("This job is over already."))
    return [changed(id_, job.user_id)]


async def repeat(conn: Conn, viewer: Viewer, id_: int) -> list[Change]:
    """Let one that failed or was cancelled go on from where it stood. Raises NotFound, Conflict."""
    job = await get(conn, viewer, id_)
    if not await store.repeat(conn, id_):
        raise Conflict(
            phrase("This job is done.") if job.state in ENDED else phrase("This job is not over yet.")
        )
    return [changed(id_, job.user_id), _read_by(job.user_id)]


async def mark_undone(conn: Conn, id_: int) -> bool:
    """What it did is taken back from now on; False where it is already."""
    return await store.mark_undone(conn, id_)


async def file(conn: Conn, viewer: Viewer, id_: int, n: int) -> tuple[str, str, bytes]:
    """Name, type and bytes of what it made. Raises NotFound."""
    await get(conn, viewer, id_)
    found = await store.file(conn, id_, n)
    if found is None:
        raise NotFound(phrase("There is no such file."))
    return found


async def chunks(pool: Pool, id_: int, n: int, content: bytes) -> AsyncGenerator[bytes]:
    """The bytes of a file that `file` gave, without holding all of them."""
    if content:
        yield content
    at = -1
    while True:
        async with pool.acquire() as conn:
            found = await part_store.after(conn, id_, n, at)
        if found is None:
            return
        at, part = found
        yield part


async def counts(conn: Conn) -> list[Count]:
    """Jobs by kind and state."""
    return await store.counts(conn)


async def sweep(conn: Conn) -> None:
    await store.sweep(conn, days=KEPT_DAYS)


def changed(id_: int, user_id: int | None, *, is_ended: bool = False) -> Change:
    """What browsers are told, after the commit."""
    return Change(kind="job", id=id_, assignee_id=user_id, data={"ended": True} if is_ended else {})


async def _named(conn: Conn, jobs: list[Job]) -> list[Job]:
    """With the names of who began them."""
    names = await users.names(conn, [job.user_id for job in jobs])
    return [replace(job, user_name=names.get(job.user_id or 0, "")) for job in jobs]


def _read_by(user_id: int | None) -> Change:
    """What is unread of somebody's is less than before."""
    return Change(kind="job", assignee_id=user_id, data={"read": True})


def _whose(viewer: Viewer) -> int | None:
    """Whose jobs somebody sees; None is everybody's."""
    if viewer.can("all jobs"):
        return None
    return viewer.user_id if viewer.user_id is not None else -1
