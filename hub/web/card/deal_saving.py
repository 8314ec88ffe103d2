"""Saving the form of a deal, with the next step in it."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from crm_core.deals import service as deals
from crm_core.deals.model import Deal, DealChanges
from crm_core.editing import UNSET
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import Task, TaskChanges
from hub.web import forms as read
from hub.web import own_fields, versions
from hub.web.card.context import CardContext
from hub.web.card.deal_form import next_step, shown_of
from hub.web.context import user, viewer
from hub.web.moments import moment_input
from hub.web.naming import readable
from hub.wording.i18n import N_
from values.errors import Invalid
from values.sentences import phrase

TAKEN_OFF = phrase("Taken off the deal")


async def save(
    conn: Conn, request: web.Request, card: CardContext, deal_id: int, fields: Mapping[str, str]
) -> Deal:
    """Save what was typed; a field that is not in the form stays as it is. The deal as it was before."""
    who = viewer(request)
    await versions.alone(conn, "deal", deal_id)
    before = await deals.get(conn, who, deal_id)
    found = await (
        tasks.of_deal(conn, who, deal_id) if card.deal else tasks.of_contact(conn, who, card.contact_id)
    )
    step = next_step(found)
    own = await own_fields.of(conn, request, "deal", before.fields)
    fields = versions.merged(own_fields.collected(fields), shown_of(before, step, own.given))
    if "step" in fields:
        await _save_step(conn, request, card, fields, deal_id=deal_id, step=step)
    await deals.update(conn, who, deal_id, await _changes(conn, request, fields, before))
    return before


async def _changes(conn: Conn, request: web.Request, fields: Mapping[str, str], before: Deal) -> DealChanges:
    title = fields.get("title", readable(before.title))
    amount, currency = read.money(fields)
    return DealChanges(
        title=before.title if title.strip() == readable(before.title) else title,
        currency=currency,
        amount=amount,
        owner_id=read.number(fields, "owner_id"),
        company_id=await read.company(conn, viewer(request), fields) if "company" in fields else UNSET,
        note=fields.get("note", before.note),
        fields=await own_fields.read_form(conn, request, "deal", fields, before.fields),
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
    title, typed = fields["step"].strip(), fields.get("step_due", "").strip()
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
            conversation_id=card.conversation.id if card.conversation else None,
            deal_id=deal_id,
            assignee_id=user(request).id,
            due_at=due,
            remind_at=due,
        )
