"""The card at the side of a deal or a contact: who it is, tasks, notes, history. Same pieces as in the inbox.

Its addresses are `/deals/7/card/..` and `/contacts/7/card/..`; each verb answers with the card anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.contacts.model import Contact
from crm_core.deals import service as deals
from crm_core.deals.model import Deal
from crm_core.errors import NotFound
from crm_core.history import service as activity
from crm_core.leads import service as leads
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from hub.web import forms as read
from hub.web.card import deal_form
from hub.web.context import form, ident, is_fragment, publish, transaction, user, viewer
from hub.web.render import page, see_other
from hub.wording.i18n import N_
from inbox.actions import guests
from inbox.changes import Change
from inbox.views import queries

HISTORY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CardContext:
    """What the card belongs to, already looked up for this viewer."""

    address: str
    contact_id: int
    deal: Deal | None
    owner_id: int | None

    def changed(self, kind: str, *, assignee_id: int | None = None) -> Change:
        id_ = self.deal.id if self.deal else self.contact_id
        return Change(kind=kind, id=id_, contact_id=self.contact_id, assignee_id=assignee_id or self.owner_id)


Verb = Callable[[Conn, CardContext], Awaitable[Sequence[Change]]]


async def show(request: web.Request) -> web.StreamResponse:
    """The card anew: something of it changed."""
    return await _drawn(request)


async def add_task(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    due = read.due(fields)

    async def verb(conn: Conn, place: CardContext) -> Sequence[Change]:
        assignee = read.number(fields, "assignee_id") or user(request).id
        await tasks.create(
            conn,
            viewer(request),
            title=fields.get("title", ""),
            contact_id=place.contact_id,
            deal_id=place.deal.id if place.deal else None,
            assignee_id=assignee,
            due_at=due,
            remind_at=read.reminder(fields, due),
        )
        return [place.changed("task", assignee_id=assignee)]

    return await _carry_out(request, verb)


async def finish_task(request: web.Request) -> web.StreamResponse:
    """Done, or with `undo` open again."""
    task_id, fields = ident(request, "task_id"), await form(request)

    async def verb(conn: Conn, place: CardContext) -> Sequence[Change]:
        act = tasks.reopen if fields.get("undo") else tasks.done
        await act(conn, viewer(request), task_id)
        return [place.changed("task")]

    return await _carry_out(request, verb)


async def write_note(request: web.Request) -> web.StreamResponse:
    text = (await form(request)).get("text", "")

    async def verb(conn: Conn, place: CardContext) -> Sequence[Change]:
        if place.deal:
            await activity.write_note(conn, viewer(request), deal_id=place.deal.id, text=text)
        else:
            await activity.write_note(conn, viewer(request), contact_id=place.contact_id, text=text)
        return []

    return await _carry_out(request, verb)


async def answer_suggestion(request: web.Request) -> web.StreamResponse:
    """Two contacts are one person, or they are not."""
    suggestion_id, fields = ident(request, "suggestion_id"), await form(request)

    async def verb(conn: Conn, place: CardContext) -> Sequence[Change]:
        act = contacts.accept_suggestion if fields.get("answer") == "same" else contacts.decline_suggestion
        await act(conn, viewer(request), suggestion_id)
        return [place.changed("deal")]

    return await _carry_out(request, verb)


async def split_guest(request: web.Request) -> web.StreamResponse:
    """Somebody else at this contact's address gets a contact and conversations of their own."""
    guest_id = ident(request, "guest_id")

    async def verb(conn: Conn, place: CardContext) -> Sequence[Change]:
        await contacts.require_guest(conn, viewer(request), guest_id, contact_id=place.contact_id)
        return (await guests.split(conn, viewer(request), guest_id))[1]

    return await _carry_out(request, verb)


async def undo_merge(request: web.Request) -> web.StreamResponse:
    merge_id = ident(request, "merge_id")

    async def verb(conn: Conn, place: CardContext) -> Sequence[Change]:
        joined = await contacts.merges_of(conn, viewer(request), place.contact_id)
        if merge_id not in {merge.id for merge in joined}:
            raise NotFound(N_("There is no such merge."))
        await contacts.unmerge(conn, viewer(request), merge_id)
        return [place.changed("deal")]

    return await _carry_out(request, verb)


async def deal_values(conn: Conn, request: web.Request, deal: Deal) -> dict[str, Any]:
    """What the side of a deal needs."""
    who = viewer(request)
    try:
        contact: Contact | None = await contacts.get(conn, who, deal.contact_id)
    except NotFound:
        contact = None
    pipelines = await deals.pipelines(conn)
    return {
        **await _about(conn, request, contact),
        "deal": deal,
        "given": deal_form.given_of(deal),
        "currencies": read.currencies(deal.currency),
        "stages": next((line.stages for line in pipelines if line.id == deal.pipeline_id), ()),
        "tasks": await tasks.of_deal(conn, who, deal.id),
        "history": (await activity.history(conn, who, deal_id=deal.id, limit=HISTORY)).items,
        "card_base": f"/deals/{deal.id}/card",
    }


async def contact_values(conn: Conn, request: web.Request, contact: Contact) -> dict[str, Any]:
    """What the side of a contact needs."""
    who = viewer(request)
    return {
        **await _about(conn, request, contact),
        "deal": None,
        "tasks": await tasks.of_contact(conn, who, contact.id),
        "history": (await activity.history(conn, who, contact_id=contact.id, limit=HISTORY)).items,
        "card_base": f"/contacts/{contact.id}/card",
    }


async def _about(conn: Conn, request: web.Request, contact: Contact | None) -> dict[str, Any]:
    who, people = viewer(request), await read.managers(conn)
    base: dict[str, Any] = {
        "contact": contact,
        "people_options": people,
        "suggestions": (),
        "guests": (),
        "joined": None,
    }
    if contact is None:
        return {**base, "contact_deals": (), "leads": (), "stage_names": {}}
    return {
        **base,
        "joined": await contacts.why_joined(conn, who, contact.id),
        "suggestions": await contacts.suggestions(conn, who, contact.id),
        "guests": await contacts.guests_of(conn, who, contact.id),
        "contact_deals": await deals.of_contact(conn, who, contact.id),
        "leads": await leads.of_contact(conn, who, contact.id),
        "stage_names": {stage.id: stage for line in await deals.pipelines(conn) for stage in line.stages},
    }


async def _place(conn: Conn, request: web.Request) -> CardContext:
    id_, who = ident(request), viewer(request)
    if request.match_info["of"] == "deals":
        deal = await deals.get(conn, who, id_)
        return CardContext(
            address=f"/deals/{id_}", contact_id=deal.contact_id, deal=deal, owner_id=deal.owner_id
        )
    contact = await contacts.get(conn, who, id_)
    return CardContext(
        address=f"/contacts/{id_}", contact_id=contact.id, deal=None, owner_id=contact.owner_id
    )


async def _carry_out(request: web.Request, verb: Verb) -> web.StreamResponse:
    async with transaction(request) as conn:
        place = await _place(conn, request)
        changes = await verb(conn, place)
    await publish(request, changes)
    return await _drawn(request) if is_fragment(request) else see_other(request, place.address)


async def _drawn(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        place = await _place(conn, request)
        if place.deal:
            return page(request, "sales/deal_side.html", **await deal_values(conn, request, place.deal))
        contact = await contacts.get(conn, viewer(request), place.contact_id)
        conversations = await queries.for_contact(conn, viewer(request), contact.identity_ids)
        colleagues = await queries.of_colleagues(conn, viewer(request), contact.identity_ids)
        values = await contact_values(conn, request, contact)
    return page(
        request, "people/contact_side.html", conversations=conversations, colleagues=colleagues, **values
    )
