"""Moving a message: into a conversation of its own, into another one, and back."""

from __future__ import annotations

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.errors import Invalid
from hub.web.context import form, ident, publish, transaction, viewer
from hub.web.i18n import N_
from hub.web.render import page, see_other
from inbox.conversations import queries, service

PLACES = 8


async def split(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        to_id, changes = await service.split(conn, viewer(request), ident(request))
    await publish(request, changes)
    return see_other(request, f"/conversations/{to_id}")


async def to_original(request: web.Request) -> web.StreamResponse:
    """A forwarded message to a conversation with whoever wrote it first."""
    async with transaction(request) as conn:
        to_id, changes = await service.to_original(conn, viewer(request), ident(request))
    await publish(request, changes)
    return see_other(request, f"/conversations/{to_id}")


async def places(request: web.Request) -> web.StreamResponse:
    """The other conversations of whoever wrote the message, to choose from."""
    who = viewer(request)
    async with transaction(request) as conn:
        message = await queries.message(conn, who, ident(request))
        here = await queries.get(conn, who, message.conversation_id)
        people = await contacts.identity_ids(conn, here.row.contact_id)
        talks = await queries.for_contact(conn, who, people, limit=PLACES + 1)
    found = [talk for talk in talks if talk.id != here.id][:PLACES]
    return page(request, "inbox/places.html", message_id=message.id, talks=found)


async def move(request: web.Request) -> web.StreamResponse:
    """To the conversation whose number, or whose address of its page, was given."""
    given = (await form(request)).get("conversation_id", "").strip().rstrip("/").rpartition("/")[2]
    if not given.isascii() or not given.isdecimal() or len(given) > 18:
        raise Invalid(
            N_("Choose a conversation from the list, or enter its number."), field="conversation_id"
        )
    async with transaction(request) as conn:
        changes = await service.move(conn, viewer(request), ident(request), to_id=int(given))
    await publish(request, changes)
    return see_other(request, f"/conversations/{int(given)}")


async def undo(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        from_id, changes = await service.undo_move(conn, viewer(request), ident(request))
    await publish(request, changes)
    return see_other(request, f"/conversations/{from_id}")
