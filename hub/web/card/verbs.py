"""What can be done on a card, once for conversations, deals and contacts; each verb answers with the card anew.

The addresses are `/conversations/7/card/..`, `/deals/7/card/..` and `/contacts/7/card/..`.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.history import service as activity
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from hub.web import forms as read
from hub.web.card import values
from hub.web.card.context import CardContext, carry_out, drawn
from hub.web.context import form, ident, transaction, user, viewer
from hub.web.render import page
from hub.wording.i18n import N_
from inbox.actions import guests
from inbox.changes import Change
from inbox.views import queries
from values.errors import NotFound


async def show(request: web.Request) -> web.StreamResponse:
    """The card anew: something of it changed."""
    return await drawn(request)


async def summary(request: web.Request) -> web.StreamResponse:
    """The few lines for a ringing call."""
    async with transaction(request) as conn:
        conversation = await queries.get(conn, viewer(request), ident(request))
        found = await values.of_conversation(conn, request, conversation)
    return page(request, "card/summary.html", **found)


async def add_task(request: web.Request) -> web.StreamResponse:
    """Due when the form says: a name (hour, today, tomorrow, week) or a day and time."""
    fields = await form(request)
    due = read.due(fields)
    assignee = read.number(fields, "assignee_id") or user(request).id
    deal_id = read.number(fields, "deal_id")

    async def verb(conn: Conn, card: CardContext) -> Sequence[Change]:
        await tasks.create(
            conn,
            viewer(request),
            title=fields.get("title", ""),
            contact_id=card.identity_id,
            conversation_id=card.conversation.id if card.conversation else None,
            deal_id=card.deal.id if card.deal else deal_id,
            assignee_id=assignee,
            due_at=due,
            remind_at=read.reminder(fields, due),
        )
        elsewhere = [card.changed("task", assignee_id=assignee)] if assignee != card.owner_id else []
        return [card.changed("task"), *elsewhere]

    return await carry_out(request, "task.create", verb)


async def finish_task(request: web.Request) -> web.StreamResponse:
    """Done, or with `undo` open again."""
    task_id, fields = ident(request, "task_id"), await form(request)

    async def verb(conn: Conn, card: CardContext) -> Sequence[Change]:
        act = tasks.reopen if fields.get("undo") else tasks.done
        await act(conn, viewer(request), task_id)
        return [card.changed("task")]

    return await carry_out(request, "task.reopen" if fields.get("undo") else "task.done", verb)


async def write_note(request: web.Request) -> web.StreamResponse:
    """About the deal on its own card, about the person on the others."""
    text = (await form(request)).get("text", "")

    async def verb(conn: Conn, card: CardContext) -> Sequence[Change]:
        if card.deal:
            await activity.write_note(conn, viewer(request), deal_id=card.deal.id, text=text)
        else:
            await activity.write_note(conn, viewer(request), contact_id=card.contact_id, text=text)
        return []

    return await carry_out(request, "note.write", verb)


async def answer_suggestion(request: web.Request) -> web.StreamResponse:
    """Two contacts are one person, who is called as on this card; or they are not."""
    suggestion_id, fields = ident(request, "suggestion_id"), await form(request)

    async def verb(conn: Conn, card: CardContext) -> Sequence[Change]:
        who = viewer(request)
        if fields.get("answer") == "same":
            await contacts.accept_suggestion(conn, who, suggestion_id, survivor_id=card.contact_id)
        else:
            await contacts.decline_suggestion(conn, who, suggestion_id)
        return card.person_changed()

    return await carry_out(request, "contact.merge", verb)


async def split_guest(request: web.Request) -> web.StreamResponse:
    """Somebody else at this contact's address gets a contact and conversations of their own."""
    guest_id = ident(request, "guest_id")

    async def verb(conn: Conn, card: CardContext) -> Sequence[Change]:
        await contacts.require_guest(conn, viewer(request), guest_id, contact_id=card.contact_id)
        return (await guests.split(conn, viewer(request), guest_id))[1]

    return await carry_out(request, "contact.split", verb)


async def undo_merge(request: web.Request) -> web.StreamResponse:
    """Take a merge of this contact back; another contact's is not found here."""
    merge_id = ident(request, "merge_id")

    async def verb(conn: Conn, card: CardContext) -> Sequence[Change]:
        joined = await contacts.merges_of(conn, viewer(request), card.contact_id)
        if merge_id not in {merge.id for merge in joined}:
            raise NotFound(N_("There is no such merge."))
        await contacts.unmerge(conn, viewer(request), merge_id)
        return card.person_changed()

    return await carry_out(request, "contact.unmerge", verb)
