"""Beginning a change of many records that was looked at, and taking it back: each is a job."""

from __future__ import annotations

from crm_core.bulk import service as bulk
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from hub.work import service
from hub.work.kinds import BULK, BULK_UNDO
from values.errors import Conflict, NotFound
from values.sentences import phrase


async def begin(conn: Conn, viewer: Viewer, bulk_id: int) -> int:
    """The job of a frozen selection. Raises NotFound for somebody else's, and where it was begun already."""
    count = await bulk.begin(conn, viewer, bulk_id)
    return await service.begin(conn, viewer, BULK, {"bulk_id": bulk_id}, total=count)


async def undo(conn: Conn, viewer: Viewer, job_id: int) -> int:
    """The job that takes back what a job did; undoing that one is the redo. Raises NotFound, Conflict."""
    job = await service.get(conn, viewer, job_id)
    if not job.is_undoable:
        raise NotFound(phrase("There is nothing to undo any more."))
    if not await service.mark_undone(conn, job_id):
        raise Conflict(phrase("It is undone already."))
    count = job.result.get("changed", job.result.get("records"))
    payload = {"act_id": job.result["act_id"], "count": count}
    return await service.begin(conn, viewer, BULK_UNDO, payload, total=count)
