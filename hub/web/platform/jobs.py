"""Work in the background: how far it is, how it ended, stopping it, and trying it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from aiohttp import web

from hub.audit import service as audit
from hub.peers import peer
from hub.reactions import service as reactions
from hub.web import forms
from hub.web.client import Batch, Client
from hub.web.context import ident, publish, runtime, transaction, user, viewer
from hub.web.posted import posted
from hub.web.render import page, see_other, text
from hub.wording.i18n import N_
from hub.work import bulks, service
from hub.work.kinds import title_of
from hub.work.model import Job
from inbox.changes import Change

STATES = {
    "queued": N_("Queued"),
    "running": N_("Running"),
    "done": N_("Done"),
    "failed": N_("Failed"),
    "cancelled": N_("Cancelled"),
}
TONES = {"queued": "", "running": "info", "done": "good", "failed": "bad", "cancelled": "warn"}


async def show(request: web.Request) -> web.StreamResponse:
    state = request.query.get("state", "")
    async with transaction(request) as conn:
        found = await service.listed(
            conn,
            viewer(request),
            state=state if state in STATES else None,
            after=request.query.get("after") or None,
        )
        failed = await reactions.failed(conn) if user(request).can("operations") else 0
        read = await service.read(conn, viewer(request), [job.id for job in found.items])
    await publish(request, read)
    chosen = state if state in STATES else ""
    return page(request, "platform/jobs.html", found=found, failed=failed, state=chosen, **_words())


async def one(request: web.Request) -> web.StreamResponse:
    """The page a job is watched on."""
    async with transaction(request) as conn:
        job = await service.get(conn, viewer(request), ident(request))
        read = await service.read(conn, viewer(request), [job.id])
    await publish(request, read)
    return page(request, "platform/job.html", job=job, **_words())


async def cancel(request: web.Request) -> web.StreamResponse:
    return await _change(request, service.cancel, "job.cancelled")


async def repeat(request: web.Request) -> web.StreamResponse:
    """Go on from where it stood."""
    return await _change(request, service.repeat, "job.repeated")


async def undo(request: web.Request) -> web.StreamResponse:
    """Another job takes back what this one changed."""
    id_ = ident(request)
    async with transaction(request) as conn:
        job_id = await bulks.undo(conn, viewer(request), id_)
        await audit.record(conn, "job.undone", user_id=user(request).id, peer=peer(request), target=str(id_))
    await publish(request, [service.changed(job_id, user(request).id)])
    return see_other(request, f"/jobs/{job_id}")


async def read(request: web.Request) -> web.StreamResponse:
    """Somebody closed the notice of these."""
    ids = forms.ids_in(str((await posted(request)).get("ids", "")))
    async with transaction(request) as conn:
        changes = await service.read(conn, viewer(request), ids)
    await publish(request, changes)
    return web.Response(status=204)


async def file(request: web.Request) -> web.StreamResponse:
    """What it made: always downloaded, never shown."""
    async with transaction(request) as conn:
        name, mime, content = await service.file(
            conn, viewer(request), ident(request), min(ident(request, "n"), 2**31 - 1)
        )
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return web.Response(
        body=service.chunks(runtime(request).pool, ident(request), ident(request, "n"), content),
        headers={"Content-Type": mime, "Content-Disposition": disposition, "Cache-Control": "no-store"},
    )


def pushed(client: Client, batch: Batch) -> str:
    """Rows of jobs that this page may show, and what is unread of its reader's own."""
    parts: list[str] = []
    for change in batch.changes:
        job = batch.jobs.get(change.id or 0) if change.kind == "job" else None
        if job is None or not _sees(client, job):
            continue
        values = {"job": job, "user": client.user, "csrf": client.csrf}
        parts.append(text("platform/pushed_job.html", **values, **_words()))
    if client.user.id in batch.unread_jobs:
        parts.append(unread(batch.unread_jobs[client.user.id]))
    return "".join(parts)


def readers(changes: Sequence[Change], clients: Sequence[Client]) -> list[int]:
    """Who has a page open and something of theirs is over, or was read, or goes on."""
    concerned = {change.assignee_id for change in changes if change.kind == "job" and change.data}
    return sorted({client.user.id for client in clients} & {who for who in concerned if who})


def unread(found: Sequence[Job]) -> str:
    """The notice of what is over, and the number beside *Jobs*: pushed when a page opens, and whenever it changes."""
    return text("platform/pushed_unread.html", found=found, **_words())


async def _change(request: web.Request, verb: Any, action: str) -> web.StreamResponse:
    id_ = ident(request)
    async with transaction(request) as conn:
        changes = await verb(conn, viewer(request), id_)
        await audit.record(conn, action, user_id=user(request).id, peer=peer(request), target=str(id_))
    await publish(request, changes)
    return see_other(request, f"/jobs/{id_}")


def _sees(client: Client, job: Job) -> bool:
    return client.viewer.can("all jobs") or job.user_id == client.user.id


def _words() -> dict[str, Any]:
    return {"states": STATES, "tones": TONES, "title_of": title_of}
