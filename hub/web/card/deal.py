"""The deal on the card beside a conversation: making one, its stage, and its figures and next step changed in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from crm_core import money
from crm_core.deals import service as deals
from crm_core.deals.model import DealChanges
from crm_core.deals.qualifying import qualify
from crm_core.leads import service as leads
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import Task, TaskChanges
from hub.web import forms as read
from hub.web import versions
from hub.web.card import deal_part
from hub.web.card.context import CardContext, carry_out, drawn, look_up
from hub.web.context import form, is_fragment, publish, transaction, user, viewer
from hub.web.moments import moment_input
from hub.web.render import see_other
from hub.wording.i18n import N_, gettext
from inbox.changes import Change
from inbox.messages.asked_for import asked_for
from inbox.views.model import ConversationDetails
from values.errors import Invalid, NotFound
from values.sentences import phrase

TAKEN_OFF = phrase("Taken off the deal")


async def make(request: web.Request) -> web.StreamResponse:
    """A deal of this request: the open lead is qualified, or a new deal is opened."""

    async def verb(conn: Conn, card: CardContext) -> Sequence[Change]:
        conversation = _beside(card)
        who, row = viewer(request), conversation.row
        title, owner = asked_for(row.subject, {}), row.assignee_id or user(request).id
        found = await leads.of_contact(conn, who, row.contact_id)
        lead = next((each for each in found if each.state == "new"), None)
        if lead:
            await qualify(conn, who, lead.id, owner_id=owner, title=title)
        else:
            await deals.create(
                conn,
                who,
                contact_id=card.identity_id,
                conversation_id=conversation.id,
                channel_id=row.channel_id,
                owner_id=owner,
                title=title,
            )
        return [card.changed("deal")]

    return await carry_out(request, verb)


async def move(request: web.Request) -> web.StreamResponse:
    """Into another stage; the notice takes it back."""
    fields = await form(request)
    async with transaction(request) as conn:
        card = await look_up(conn, request)
        deal = await deals.get(conn, viewer(request), read.needed(fields, "deal_id"))
        await deals.move(conn, viewer(request), deal.id, stage_id=read.needed(fields, "stage_id"))
    await publish(request, [card.changed("deal")])
    if not is_fragment(request):
        return see_other(request, card.address)
    return await drawn(request, moved=None if fields.get("undo") else deal)


async def save(request: web.Request) -> web.StreamResponse:
    """Amount, manager and next step; 409 with both values where somebody saved meanwhile."""
    fields = await form(request)
    try:
        async with transaction(request) as conn:
            card = await look_up(conn, request)
            await _save(conn, request, card, fields)
    except versions.Stale as error:
        people = await _people(request)
        given = {name: fields.get(name, "") for name in error.theirs}
        told = versions.problems(error, given, {"owner_id": people})
        shown = given | {"version": versions.version_of(error.theirs)}
        return await drawn(request, status=409, deal_given=shown, problems=told, stale=str(error))
    except Invalid as error:
        problems = {error.field or "amount": gettext(str(error))}
        shown = dict.fromkeys(deal_part.FIELDS, "") | {"version": ""} | fields
        return await drawn(request, status=422, deal_given=shown, problems=problems)
    await publish(request, [card.changed("deal"), card.changed("task")])
    return await drawn(request) if is_fragment(request) else see_other(request, card.address)


async def _save(conn: Conn, request: web.Request, card: CardContext, fields: Mapping[str, str]) -> None:
    who, deal_id = viewer(request), read.needed(fields, "deal_id")
    await versions.alone(conn, "deal", deal_id)
    deal = await deals.get(conn, who, deal_id)
    step = deal_part.next_step(await tasks.of_contact(conn, who, card.contact_id))
    versions.check(fields, deal_part.shown_of(deal, step))
    currency = money.currency(fields.get("currency", ""))
    await _save_step(conn, request, card, fields, deal_id=deal_id, step=step)
    await deals.update(
        conn,
        who,
        deal_id,
        DealChanges(
            amount=money.parse(fields.get("amount", ""), currency),
            currency=currency,
            owner_id=read.number(fields, "owner_id"),
        ),
    )


async def _save_step(
    conn: Conn,
    request: web.Request,
    card: CardContext,
    fields: Mapping[str, str],
    *,
    deal_id: int,
    step: Task | None,
) -> None:
    """The next step as it stands in the form: the task it shows, or a new one. Emptied, there is none any more."""
    title, typed = fields.get("step", "").strip(), fields.get("step_due", "").strip()
    shown = moment_input(step.due_at) if step else ""
    if step and (title, typed) == (step.title, shown):
        return
    due = read.moment(fields, "step_due")
    if not title and typed and typed != shown:
        raise Invalid(N_("Write what needs to be done."), field="step")
    if step and not title:
        await tasks.done(conn, viewer(request), step.id, reason=TAKEN_OFF)
    elif step:
        changes = TaskChanges(title=title, due_at=due, remind_at=due)
        await tasks.update(conn, viewer(request), step.id, changes)
    elif title:
        await tasks.create(
            conn,
            viewer(request),
            title=title,
            contact_id=card.identity_id,
            conversation_id=_beside(card).id,
            deal_id=deal_id,
            assignee_id=user(request).id,
            due_at=due,
            remind_at=due,
        )


def _beside(card: CardContext) -> ConversationDetails:
    if card.conversation is None:
        raise NotFound(N_("There is no such conversation, or it is a colleague's."))
    return card.conversation


async def _people(request: web.Request) -> read.Options:
    async with transaction(request) as conn:
        return await read.managers(conn)
