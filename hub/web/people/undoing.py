"""Undo from a notice or a history: of an act on records, or of one in the inbox."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from crm_core.acts.model import Undone
from crm_core.bin import service as bin_
from crm_core.history import undoing
from crm_core.sql import Conn
from hub.web import flashes, own_fields
from hub.web.context import is_fragment, publish, transaction, viewer
from hub.web.flashes import Flash
from hub.web.own_lines import Places
from hub.web.people.binning import address_of
from hub.web.people.labels import label_of
from hub.web.render import see_other
from hub.wording.i18n import N_, current, gettext
from hub.work import service as work
from hub.work.kinds import BULK_UNDO
from inbox.actions import service as inbox
from inbox.changes import Change
from values.errors import NotFound

MOST_NAMED = 5
"""How many of the fields that stay are named."""


async def undo(request: web.Request) -> web.StreamResponse:
    """Take an act back, from the notice that told of it."""
    try:
        act_id = UUID(request.match_info["act"])
    except ValueError:
        raise NotFound(N_("There is nothing to undo any more.")) from None
    async with transaction(request) as conn:
        if await undoing.is_of_records(conn, act_id):
            changes = None
            if many := await undoing.too_many(conn, viewer(request), act_id):
                return await _by_job(request, conn, act_id, many)
            undone = await undoing.undo(conn, viewer(request), act_id)
            at = await undoing.first_of(conn, act_id)
            lives = at is not None and not await bin_.lies(conn, at.object, at.id)
        else:
            changes = await inbox.undo(conn, viewer(request), act_id)
            undone, at, lives = None, None, False
    if changes is not None or undone is None:
        return await _of_conversation(request, changes or [])
    async with transaction(request) as conn:
        own = await own_fields.by_place(conn)
    await publish(request, [Change(kind="deal"), Change(kind="task")])
    address = "/bin"
    if at is not None:
        address = address_of(at.object, at.id) if lives else address_of(at.object, 0).removesuffix("/0")
    response: web.Response
    if is_fragment(request):
        response = web.json_response({"conversation": None, "address": address})
    else:
        response = see_other(request, address)
    flashes.keep(request, response, _said(undone, own))
    return response


async def _by_job(request: web.Request, conn: Conn, act_id: UUID, records: int) -> web.StreamResponse:
    """What changed thousands of records is taken back in the background."""
    payload = {"act_id": str(act_id), "count": records}
    job = await work.begin(conn, viewer(request), BULK_UNDO, payload, total=records)
    address = f"/jobs/{job}"
    if is_fragment(request):
        return web.json_response({"conversation": None, "address": address, "goes": True})
    return see_other(request, address)


async def _of_conversation(request: web.Request, changes: list[Change]) -> web.StreamResponse:
    await publish(request, changes)
    id_ = next((change.conversation_id for change in changes if change.conversation_id), None)
    if is_fragment(request):
        return web.json_response({"conversation": id_})
    return see_other(request, f"/conversations/{id_}" if id_ else "/inbox")


def _said(undone: Undone, own: Places) -> Flash:
    """That it is undone, and which fields stay; undoing this is the redo."""
    if not undone.left:
        return Flash(text=gettext("Undone"), act=str(undone.act_id), icon="check")
    named = list(dict.fromkeys(_label(each.field, own) for each in undone.left))
    about = gettext("Changed since, so it stays: %(fields)s") % {"fields": ", ".join(named[:MOST_NAMED])}
    return Flash(text=gettext("Undone in part"), about=about, act=str(undone.act_id), icon="alert")


def _label(field: str, own: Places) -> str:
    found = own.get(field.removeprefix("fields."))
    return found.named(current().language) if found else gettext(label_of(field))
