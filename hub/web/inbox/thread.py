"""The middle pane: one conversation with its messages, and what came before or after those already shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from crm_core.sql import Conn
from hub.web import forms
from hub.web.card import values as card
from hub.web.context import ident, is_fragment, publish, runtime, transaction, user, viewer
from hub.web.inbox import lists, views
from hub.web.render import page
from inbox.actions import drafts, service
from inbox.actions.drafts import Draft
from inbox.changes import Change
from inbox.channels.model import LiveChannel
from inbox.channels.route import sending_channel
from inbox.views import queries
from inbox.views.model import ConversationDetails

PAGE_SIZE = 40
FARTHEST = 1_000


async def show(request: web.Request) -> web.StreamResponse:
    """A conversation: both right panes for htmx, the whole inbox otherwise. Its own reader reads it by opening it."""
    id_ = ident(request)
    async with transaction(request) as conn:
        changes = await read(conn, request, id_)
        values = dict(await conversation_values(conn, request, id_))
        values |= await card.of_conversation(conn, request, values["conversation"])
        if not is_fragment(request):
            values |= await lists.list_values(conn, request)
    await publish(request, changes)
    template = "inbox/conversation.html" if is_fragment(request) else "inbox/page.html"
    return page(request, template, **values)


async def read(conn: Conn, request: web.Request, id_: int) -> list[Change]:
    """Mark as read, unless it is a colleague's: who only looks on must not take the mark away."""
    row = (await queries.get(conn, viewer(request), id_)).row
    if row.assignee_id not in (None, user(request).id):
        return []
    return await service.mark_read(conn, viewer(request), id_)


async def messages(request: web.Request) -> web.StreamResponse:
    """Older messages (`before`), or those that came while the line was down (`after`)."""
    id_ = ident(request)
    async with transaction(request) as conn:
        if "after" in request.query:
            found = await queries.since(conn, viewer(request), id_, forms.id_in(request.query["after"]) or 0)
        else:
            found = await queries.thread(
                conn,
                viewer(request),
                id_,
                before=forms.id_in(request.query.get("before", "")),
                limit=PAGE_SIZE,
            )
    template = "inbox/pushed_messages.html" if "after" in request.query else "inbox/messages.html"
    return page(request, template, messages=found, conversation_id=id_, has_older=len(found) == PAGE_SIZE)


async def head(request: web.Request) -> web.StreamResponse:
    """The bar above the thread, after somebody else changed the conversation."""
    async with transaction(request) as conn:
        values = await head_values(conn, request, await queries.get(conn, viewer(request), ident(request)))
    return page(request, "inbox/head.html", **values)


async def conversation_values(conn: Conn, request: web.Request, id_: int) -> Mapping[str, Any]:
    """What the thread's templates need: the last messages, or those before (`before`) or back to (`at`) one."""
    conversation = await queries.get(conn, viewer(request), id_)
    before, at = (forms.id_in(request.query.get(name, "")) for name in ("before", "at"))
    if at is None:
        found = await queries.thread(conn, viewer(request), id_, before=before, limit=PAGE_SIZE)
    else:
        found = await queries.reaching(conn, viewer(request), id_, at, least=PAGE_SIZE, most=FARTHEST)
    return {
        **await head_values(conn, request, conversation),
        "messages": found,
        "conversation_id": id_,
        "has_older": len(found) >= PAGE_SIZE,
        "at": at,
        "view": views.chosen(request),
        "sender": sender_of(request, conversation),
        "drafts": _begun(await drafts.of(conn, viewer(request), id_)),
    }


async def head_values(
    conn: Conn, request: web.Request, conversation: ConversationDetails
) -> Mapping[str, Any]:
    """What the bar above the thread needs."""
    return {
        "conversation": conversation,
        "people": await lists.people(conn),
        "me": user(request).id,
        "view": views.chosen(request),
    }


def sender_of(request: web.Request, conversation: ConversationDetails) -> LiveChannel | None:
    """The channel that would carry an answer; None when nothing here can."""
    directory = runtime(request).directory
    home = directory.by_id(conversation.row.channel_id)
    return sending_channel(directory, home, conversation.row.handle_kind) if home else None


def _begun(found: Sequence[Draft]) -> str:
    """What the page's script needs of the drafts: each kind's text, and how many milliseconds ago it was written."""
    now = datetime.now(UTC)
    return json.dumps(
        {
            each.kind: {"text": each.text, "ago": max(0, int((now - each.at).total_seconds() * 1000))}
            for each in found
        }
    )
