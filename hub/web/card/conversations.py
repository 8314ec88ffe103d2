"""The right pane: who the customer is, why we think so, their deal, tasks, notes, other conversations and history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.contacts.card import Why
from crm_core.contacts.model import Contact
from crm_core.deals import service as deals
from crm_core.errors import Invalid, NotFound
from crm_core.history import service as activity
from crm_core.leads import service as leads
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from hub.web.card import deal_part
from hub.web.context import form, ident, is_fragment, publish, transaction, user, viewer
from hub.web.formats import now
from hub.web.moments import read_moment
from hub.web.render import page, see_other
from hub.wording.i18n import N_
from inbox.actions import guests
from inbox.changes import Change
from inbox.views import queries
from inbox.views.model import ConversationDetails

OTHERS = 6
HISTORY = 12
TASKS = 8
Verb = Callable[[Conn, ConversationDetails], Awaitable[Sequence[Change]]]


async def show(request: web.Request) -> web.StreamResponse:
    """The card anew: something of it changed."""
    return await drawn(request)


async def drawn(request: web.Request, *, status: int = 200, **more: Any) -> web.Response:
    """The card with something more on it: what was refused, what can be taken back."""
    async with transaction(request) as conn:
        conversation = await queries.get(conn, viewer(request), ident(request))
        found = dict(await values(conn, request, conversation))
    return page(request, "card/card.html", status=status, conversation=conversation, **found | more)


async def summary(request: web.Request) -> web.StreamResponse:
    """The few lines for a ringing call."""
    async with transaction(request) as conn:
        conversation = await queries.get(conn, viewer(request), ident(request))
        found = await values(conn, request, conversation)
    return page(request, "card/summary.html", conversation=conversation, **found)


async def add_task(request: web.Request) -> web.StreamResponse:
    """Due when the form says: a name (today, tomorrow, week) or a date and time."""
    fields = await form(request)
    named = {"hour": timedelta(hours=1), "tomorrow": timedelta(days=1), "week": timedelta(days=7)}
    chosen = fields.get("due", "")
    typed = fields.get("due_at", "").strip()
    due = now() + named[chosen] if chosen in named else read_moment(typed)
    if due is None and typed:
        raise Invalid(N_("Enter a day and a time."), field="due_at")

    async def verb(conn: Conn, conversation: ConversationDetails) -> Sequence[Change]:
        await tasks.create(
            conn,
            viewer(request),
            title=fields.get("title", ""),
            contact_id=conversation.identity_id,
            conversation_id=conversation.id,
            deal_id=_id(fields, "deal_id") if fields.get("deal_id") else None,
            assignee_id=user(request).id,
            due_at=due,
            remind_at=due,
        )
        return [change("task", conversation)]

    return await carry_out(request, verb)


async def finish_task(request: web.Request) -> web.StreamResponse:
    """Done, or with `undo` open again."""
    task_id, fields = ident(request, "task_id"), await form(request)

    async def verb(conn: Conn, conversation: ConversationDetails) -> Sequence[Change]:
        act = tasks.reopen if fields.get("undo") else tasks.done
        await act(conn, viewer(request), task_id)
        return [change("task", conversation)]

    return await carry_out(request, verb)


async def write_note(request: web.Request) -> web.StreamResponse:
    fields = await form(request)

    async def verb(conn: Conn, conversation: ConversationDetails) -> Sequence[Change]:
        contact_id = conversation.row.contact_id
        await activity.write_note(conn, viewer(request), contact_id=contact_id, text=fields.get("text", ""))
        return []

    return await carry_out(request, verb)


async def answer_suggestion(request: web.Request) -> web.StreamResponse:
    """Two contacts are one person, or they are not."""
    suggestion_id, fields = ident(request, "suggestion_id"), await form(request)

    async def verb(conn: Conn, conversation: ConversationDetails) -> Sequence[Change]:
        if fields.get("answer") == "same":
            survivor = conversation.row.contact_id
            await contacts.accept_suggestion(conn, viewer(request), suggestion_id, survivor_id=survivor)
        else:
            await contacts.decline_suggestion(conn, viewer(request), suggestion_id)
        return [change("conversation", conversation), change("deal", conversation)]

    return await carry_out(request, verb)


async def split_guest(request: web.Request) -> web.StreamResponse:
    """Somebody else at this contact's address gets a contact and conversations of their own."""
    guest_id = ident(request, "guest_id")

    async def verb(conn: Conn, conversation: ConversationDetails) -> Sequence[Change]:
        await contacts.require_guest(conn, viewer(request), guest_id, contact_id=conversation.row.contact_id)
        return (await guests.split(conn, viewer(request), guest_id))[1]

    return await carry_out(request, verb)


async def undo_merge(request: web.Request) -> web.StreamResponse:
    merge_id = ident(request, "merge_id")

    async def verb(conn: Conn, conversation: ConversationDetails) -> Sequence[Change]:
        await contacts.get(conn, viewer(request), conversation.row.contact_id)
        await contacts.unmerge(conn, viewer(request), merge_id)
        return [change("conversation", conversation), change("deal", conversation)]

    return await carry_out(request, verb)


async def values(conn: Conn, request: web.Request, conversation: ConversationDetails) -> Mapping[str, Any]:
    """What the card's templates need. A contact that is a colleague's shows nothing of itself."""
    who, row = viewer(request), conversation.row
    base: dict[str, Any] = {"card_base": f"/conversations/{conversation.id}/card"}
    try:
        contact = await contacts.get(conn, who, row.contact_id)
    except NotFound:
        return {**base, "contact": None, "deal": None, "lead": None, "tasks": []}
    return {**base, **await _about(conn, request, contact, exclude=conversation.id)}


async def _about(conn: Conn, request: web.Request, contact: Contact, *, exclude: int) -> Mapping[str, Any]:
    who = viewer(request)
    found_deals = await deals.of_contact(conn, who, contact.id)
    todo = [task for task in await tasks.of_contact(conn, who, contact.id) if not task.is_done]
    found_leads = await leads.of_contact(conn, who, contact.id)
    others = await queries.for_contact(conn, who, contact.identity_ids, limit=OTHERS + 1)
    history = await activity.history(conn, who, contact_id=contact.id, limit=HISTORY)
    return {
        "contact": contact,
        "joined": Why(handles=contact.handles, merges=tuple(await contacts.merges_of(conn, who, contact.id))),
        "suggestions": await contacts.suggestions(conn, who, contact.id),
        "guests": await contacts.guests_of(conn, who, contact.id),
        "lead": next((found for found in found_leads if found.state == "new"), None),
        **await deal_part.values(conn, found_deals, todo),
        "tasks": todo[:TASKS],
        "colleagues": await queries.of_colleagues(conn, who, contact.identity_ids),
        "others": [other for other in others if other.id != exclude][:OTHERS],
        "history": history.items,
    }


async def carry_out(request: web.Request, verb: Verb) -> web.StreamResponse:
    id_ = ident(request)
    async with transaction(request) as conn:
        changes = await verb(conn, await queries.get(conn, viewer(request), id_))
    await publish(request, changes)
    return await show(request) if is_fragment(request) else see_other(request, f"/conversations/{id_}")


def change(kind: str, conversation: ConversationDetails) -> Change:
    row = conversation.row
    return Change(
        kind=kind,
        id=conversation.id,
        conversation_id=conversation.id if kind == "conversation" else None,
        contact_id=row.contact_id,
        assignee_id=row.assignee_id,
    )


def _id(fields: Mapping[str, str], name: str) -> int:
    text = fields.get(name, "")
    if not text.isdecimal() or len(text) > 18:
        raise Invalid(N_("Choose one from the list."), field=name)
    return int(text)
