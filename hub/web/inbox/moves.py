"""Moving a message: into a conversation of its own, into another one that one searches, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from hub.web.context import form, ident, is_fragment, publish, transaction, viewer
from hub.web.forms import id_in
from hub.web.render import page, see_other
from hub.wording.i18n import N_
from inbox.actions import service
from inbox.changes import Change
from inbox.views import queries
from inbox.views.model import ConversationDetails, ConversationRow
from values.errors import Invalid

PLACES = 8
LONGEST = 100
NAMED = re.compile(r"(?:\S*/conversations/|#)?(\d{1,18})(?:[/?#]\S*)?", re.ASCII)
"""A conversation by its number or the address of its page."""


async def split(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        to_id, changes = await service.split(conn, viewer(request), ident(request))
    return await _placed(request, to_id, changes, is_split=True)


async def to_original(request: web.Request) -> web.StreamResponse:
    """A forwarded message to a conversation with whoever wrote it first."""
    async with transaction(request) as conn:
        to_id, changes = await service.to_original(conn, viewer(request), ident(request))
    return await _placed(request, to_id, changes, is_split=True)


async def places(request: web.Request) -> web.StreamResponse:
    """Where a message could stand: the person's other conversations, or with `q` those that one searches."""
    who, query = viewer(request), request.query.get("q")
    async with transaction(request) as conn:
        message = await queries.message(conn, who, ident(request))
        here = await queries.get(conn, who, message.conversation_id)
        conversations = await _searched(conn, request, query) if query else await _others(conn, request, here)
    values: dict[str, Any] = {
        "message": message,
        "query": query or "",
        "conversations": [conversation for conversation in conversations if conversation.id != here.id][
            :PLACES
        ],
        "asks_why": "why" in request.query,
    }
    return page(request, "inbox/places.html" if query is None else "inbox/place_rows.html", **values)


async def move(request: web.Request) -> web.StreamResponse:
    """To the conversation whose number, or whose address of its page, was given."""
    to_id = _named((await form(request)).get("conversation_id", "").strip())
    if to_id is None:
        raise Invalid(
            N_("Choose a conversation from the list, or enter its number."), field="conversation_id"
        )
    async with transaction(request) as conn:
        changes = await service.move(conn, viewer(request), ident(request), to_id=to_id)
    return await _placed(request, to_id, changes, is_split=False)


async def undo(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        from_id, changes = await service.undo_move(conn, viewer(request), ident(request))
    await publish(request, changes)
    return see_other(request, f"/conversations/{from_id}")


async def _others(conn: Conn, request: web.Request, here: ConversationDetails) -> Sequence[ConversationRow]:
    people = await contacts.identity_ids(conn, here.row.contact_id)
    return await queries.for_contact(conn, viewer(request), people, limit=PLACES + 1)


def _named(text: str) -> int | None:
    found = NAMED.fullmatch(text)
    return id_in(found[1]) if found else None


async def _searched(conn: Conn, request: web.Request, query: str) -> Sequence[ConversationRow]:
    """By a name, a number or words of the person's; a conversation's own number or address names it alone."""
    who, asked = viewer(request), query.strip()[:LONGEST]
    named = _named(asked)
    found = await queries.rows(conn, who, [named]) if named is not None else []
    hits = await queries.search(conn, who, asked, limit=PLACES + 1)
    return [*found, *(hit.row for hit in hits if hit.row.id not in {row.id for row in found})]


async def _placed(
    request: web.Request, to_id: int, changes: Sequence[Change], *, is_split: bool
) -> web.StreamResponse:
    """The page stays where it is, with a notice that leads there and takes it back."""
    await publish(request, changes)
    if not is_fragment(request):
        return see_other(request, f"/conversations/{to_id}")
    async with transaction(request) as conn:
        to = (await queries.get(conn, viewer(request), to_id)).row
    act = next(str(change.data["act"]) for change in changes if change.data.get("act"))
    return page(request, "inbox/placed.html", to=to, act=act, is_split=is_split)
