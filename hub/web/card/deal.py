"""The deal on the card beside a conversation: making one, its stage, and its form."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from crm_core.deals import service as deals
from crm_core.deals.qualifying import qualify
from crm_core.leads import service as leads
from crm_core.sql import Conn
from hub.web import forms as read
from hub.web.acting import acting, told
from hub.web.card import deal_form, deal_saving
from hub.web.card.context import CardContext, carry_out, drawn, look_up
from hub.web.context import form, is_fragment, publish, transaction, user, viewer
from hub.web.forms import REFUSALS, refused
from hub.web.render import see_other
from hub.wording.i18n import N_
from inbox.changes import Change
from inbox.messages.asked_for import asked_for
from inbox.views.model import ConversationDetails
from values.errors import NotFound


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

    return await carry_out(request, "deal.create", verb)


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
    """The fields of its form; 409 with both values where somebody saved meanwhile."""
    fields = await form(request)
    try:
        async with acting(request, "deal.update") as conn:
            card = await look_up(conn, request)
            await deal_saving.save(conn, request, card, read.needed(fields, "deal_id"), fields)
    except REFUSALS as error:
        labels = {"owner_id": await _people(request)}
        return await drawn(request, refused(error, fields, deal_form.FIELDS, at="amount", labels=labels))
    await publish(request, [card.changed("deal"), card.changed("task")])
    return await drawn(request) if is_fragment(request) else told(request, see_other(request, card.address))


def _beside(card: CardContext) -> ConversationDetails:
    if card.conversation is None:
        raise NotFound(N_("There is no such conversation, or it is a colleague's."))
    return card.conversation


async def _people(request: web.Request) -> read.Options:
    async with transaction(request) as conn:
        return await read.managers(conn)
