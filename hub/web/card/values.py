"""What the templates of a card need: beside a conversation, a deal, a contact."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from crm_core.bin import service as bin_
from crm_core.contacts import service as contacts
from crm_core.contacts.model import Contact
from crm_core.deals import service as deals
from crm_core.deals.model import Deal
from crm_core.history import service as activity
from crm_core.leads import service as leads
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from hub.web import forms as read
from hub.web import own_fields
from hub.web.card import deal_part
from hub.web.context import viewer
from inbox.views import queries
from inbox.views.model import ConversationDetails
from values.errors import NotFound

OTHERS = 6
HISTORY = 20
HISTORY_BESIDE = 12
TASKS = 8
CONVERSATIONS = 50


async def of_conversation(
    conn: Conn, request: web.Request, conversation: ConversationDetails
) -> dict[str, Any]:
    """Beside a conversation. A contact that is a colleague's shows nothing of itself."""
    base: dict[str, Any] = {
        "conversation": conversation,
        "card_base": f"/conversations/{conversation.id}/card",
    }
    contact = await _contact(conn, request, conversation.row.contact_id)
    if contact is None:
        binned = await bin_.seen(conn, viewer(request), "contact", conversation.row.contact_id)
        return {**base, "contact": None, "deal": None, "lead": None, "tasks": [], "binned": binned}
    who, about = viewer(request), await _about(conn, request, contact)
    todo = [task for task in await tasks.of_contact(conn, who, contact.id) if not task.is_done]
    others = await queries.for_contact(conn, who, contact.identity_ids, limit=OTHERS + 1)
    history = await activity.history(conn, who, contact_id=contact.id, limit=HISTORY_BESIDE)
    return {
        **base,
        **about,
        **await deal_part.of_open(conn, request, about["contact_deals"], todo),
        "lead": next((found for found in about["leads"] if found.state == "new"), None),
        "tasks": todo[:TASKS],
        "colleagues": await queries.of_colleagues(conn, who, contact.identity_ids),
        "others": [other for other in others if other.id != conversation.id][:OTHERS],
        "history": history.items,
    }


async def of_deal(conn: Conn, request: web.Request, deal: Deal) -> dict[str, Any]:
    """At the side of a deal."""
    who = viewer(request)
    found = await tasks.of_deal(conn, who, deal.id)
    return {
        **await _about(conn, request, await _contact(conn, request, deal.contact_id)),
        **await deal_part.of(conn, request, deal, found),
        "tasks": found,
        "history": (await activity.history(conn, who, deal_id=deal.id, limit=HISTORY)).items,
        "card_base": f"/deals/{deal.id}/card",
    }


async def of_contact(conn: Conn, request: web.Request, contact: Contact) -> dict[str, Any]:
    """The side of a contact."""
    who = viewer(request)
    return {
        **await _about(conn, request, contact),
        "deal": None,
        "tasks": await tasks.of_contact(conn, who, contact.id),
        "history": (await activity.history(conn, who, contact_id=contact.id, limit=HISTORY)).items,
        "card_base": f"/contacts/{contact.id}/card",
        "conversations": await queries.for_contact(conn, who, contact.identity_ids, limit=CONVERSATIONS),
        "colleagues": await queries.of_colleagues(conn, who, contact.identity_ids),
    }


async def _contact(conn: Conn, request: web.Request, id_: int) -> Contact | None:
    try:
        return await contacts.get(conn, viewer(request), id_)
    except NotFound:
        return None


async def _about(conn: Conn, request: web.Request, contact: Contact | None) -> dict[str, Any]:
    """Of the person, the same beside everything; None is a colleague's."""
    base: dict[str, Any] = {
        "contact": contact,
        "own": own_fields.NOTHING,
        "people_options": await read.managers(conn),
        "suggestions": (),
        "guests": (),
        "joined": None,
        "contact_deals": (),
        "leads": (),
        "stage_names": {},
    }
    if contact is None:
        return base
    who = viewer(request)
    return {
        **base,
        "own": await own_fields.of(conn, request, "contact", contact.fields),
        "joined": await contacts.why_joined(conn, who, contact.id),
        "suggestions": await contacts.suggestions(conn, who, contact.id),
        "guests": await contacts.guests_of(conn, who, contact.id),
        "contact_deals": await deals.of_contact(conn, who, contact.id),
        "leads": await leads.of_contact(conn, who, contact.id),
        "stage_names": {stage.id: stage for line in await deals.pipelines(conn) for stage in line.stages},
    }
