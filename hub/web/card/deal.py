"""The deal on the card beside a conversation: making one, its stage, and its figures and next step changed in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from crm_core import money
from crm_core.deals import service as deals
from crm_core.deals.model import DealChanges
from crm_core.deals.qualifying import qualify
from crm_core.errors import Invalid
from crm_core.leads import service as leads
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import Task, TaskChanges
from hub.web import forms as read
from hub.web import versions
from hub.web.card import conversations as conversation_card
from hub.web.card import deal_part
from hub.web.context import form, ident, is_fragment, publish, transaction, user, viewer
from hub.web.moments import moment_input, read_moment
from hub.web.render import see_other
from hub.wording.i18n import N_, gettext
from inbox.changes import Change
from inbox.messages.asked_for import asked_for
from inbox.views import queries
from inbox.views.model import ConversationDetails


async def make(request: web.Request) -> web.StreamResponse:
    """A deal of this request: the open lead is qualified, or a new deal is opened."""

    async def verb(conn: Conn, conversation: ConversationDetails) -> Sequence[Change]:
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
                contact_id=conversation.identity_id,
                conversation_id=conversation.id,
                channel_id=row.channel_id,
                owner_id=owner,
                title=title,
            )
        return [conversation_card.change("deal", conversation)]

    return await conversation_card.carry_out(request, verb)


async def move(request: web.Request) -> web.StreamResponse:
    """Into another stage; the notice takes it back."""
    id_, fields = ident(request), await form(request)
    async with transaction(request) as conn:
        conversation = await queries.get(conn, viewer(request), id_)
        deal = await deals.get(conn, viewer(request), read.needed(fields, "deal_id"))
        await deals.move(conn, viewer(request), deal.id, stage_id=read.needed(fields, "stage_id"))
    await publish(request, [conversation_card.change("deal", conversation)])
    if not is_fragment(request):
        return see_other(request, f"/conversations/{id_}")
    return await conversation_card.drawn(request, moved=None if fields.get("undo") else deal)


async def save(request: web.Request) -> web.StreamResponse:
    """Amount, manager and next step; 409 with both values where somebody saved meanwhile."""
    id_, fields = ident(request), await form(request)
    try:
        async with transaction(request) as conn:
            conversation = await queries.get(conn, viewer(request), id_)
            await _save(conn, request, conversation, fields)
    except versions.Stale as error:
        people = await _people(request)
        given = {name: fields.get(name, "") for name in error.theirs}
        told = versions.problems(error, given, {"owner_id": people})
        shown = given | {"version": versions.version_of(error.theirs)}
        return await conversation_card.drawn(
            request, status=409, deal_given=shown, problems=told, stale=str(error)
        )
    except Invalid as error:
        problems = {error.field or "amount": gettext(str(error))}
        shown = dict.fromkeys(deal_part.FIELDS, "") | {"version": ""} | fields
        return await conversation_card.drawn(request, status=422, deal_given=shown, problems=problems)
    await publish(
        request,
        [conversation_card.change("deal", conversation), conversation_card.change("task", conversation)],
    )
    return (
        await conversation_card.drawn(request)
        if is_fragment(request)
        else see_other(request, f"/conversations/{id_}")
    )


async def _save(
    conn: Conn, request: web.Request, conversation: ConversationDetails, fields: Mapping[str, str]
) -> None:
    who, deal_id = viewer(request), read.needed(fields, "deal_id")
    await versions.alone(conn, "deal", deal_id)
    deal = await deals.get(conn, who, deal_id)
    step = deal_part.next_step(await tasks.of_contact(conn, who, conversation.row.contact_id))
    versions.check(fields, deal_part.shown_of(deal, step))
    currency = money.currency(fields.get("currency", ""))
    await _save_step(conn, request, conversation, fields, deal_id=deal_id, step=step)
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
    conversation: ConversationDetails,
    fields: Mapping[str, str],
    *,
    deal_id: int,
    step: Task | None,
) -> None:
    """The next step as it stands in the form: the task it shows, or a new one."""
    title, typed = fields.get("step", "").strip(), fields.get("step_due", "").strip()
    due = read_moment(typed)
    if due is None and typed:
        raise Invalid(N_("Enter a day and a time."), field="step_due")
    if step and (title, typed) == (step.title, moment_input(step.due_at)):
        return
    if not title and (step or typed):
        raise Invalid(N_("Write what needs to be done."), field="step")
    if step:
        await tasks.update(
            conn, viewer(request), step.id, TaskChanges(title=title, due_at=due, remind_at=due)
        )
    elif title:
        await tasks.create(
            conn,
            viewer(request),
            title=title,
            contact_id=conversation.identity_id,
            conversation_id=conversation.id,
            deal_id=deal_id,
            assignee_id=user(request).id,
            due_at=due,
            remind_at=due,
        )


async def _people(request: web.Request) -> read.Options:
    async with transaction(request) as conn:
        return await read.managers(conn)
