"""The canned replies that fit what was typed: in the customer's language first, filled in for this conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.deals.titles import request_of
from crm_core.sql import Conn
from hub.web import forms as read
from hub.web.context import transaction, user, viewer
from hub.web.formats import money
from hub.web.naming import NUMBER, VISITOR
from hub.web.render import page
from inbox.canned import service
from inbox.canned.filling import Filled, fill
from inbox.canned.store import Canned
from inbox.views import queries
from inbox.views.model import ConversationDetails
from values.errors import NotFound

LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A canned reply as it would stand in the answer."""

    canned: Canned
    filled: Filled


async def show(request: web.Request) -> web.StreamResponse:
    """`q` is what was typed, `conversation` whom it is for."""
    query, given = request.query.get("q", "").strip()[:LONGEST], request.query.get("conversation", "")
    conversation = None
    async with transaction(request) as conn:
        if (id_ := read.id_in(given)) is not None:
            conversation = await queries.get(conn, viewer(request), id_)
        language = await _language(conn, request, conversation) if conversation else ""
        values = await _values(conn, request, conversation) if conversation else {}
        found = await service.find(conn, user(request).id, query, language=language)
        has_any = bool(found) or bool(await service.find(conn, user(request).id, limit=1))
    offers = [Offer(canned=each, filled=fill(each.text, values)) for each in found]
    first, others = _parted(offers, language)
    return page(request, "inbox/canned.html", first=first, others=others, query=query, has_any=has_any)


def _parted(offers: Sequence[Offer], language: str) -> tuple[list[Offer], list[Offer]]:
    """Those that the customer can read, and those in other languages; where nothing is known they stand together."""
    if not language:
        return list(offers), []
    first = [offer for offer in offers if offer.canned.language in ("", language)]
    return first, [offer for offer in offers if offer.canned.language not in ("", language)]


async def _language(conn: Conn, request: web.Request, conversation: ConversationDetails) -> str:
    """What the customer writes in this conversation, else what their card says."""
    if conversation.language:
        return conversation.language
    try:
        return (await contacts.get(conn, viewer(request), conversation.row.contact_id)).language
    except NotFound:  # a colleague's contact
        return ""


async def _values(conn: Conn, request: web.Request, conversation: ConversationDetails) -> dict[str, str]:
    name = conversation.row.contact_name
    is_name = not NUMBER.fullmatch(name) and not VISITOR.fullmatch(name)
    values = {"name": name if is_name else "", "me": user(request).name}
    found = await deals.of_contact(conn, viewer(request), conversation.row.contact_id)
    deal = next((each for each in found if each.closed_at is None), None)
    if deal:
        values |= {"deal": "" if request_of(deal.title) else deal.title, "company": deal.company_name}
        values["amount"] = money(deal.amount, deal.currency) if deal.amount else ""
    if not values.get("company"):
        try:
            values["company"] = (
                await contacts.get(conn, viewer(request), conversation.row.contact_id)
            ).company_name
        except NotFound:  # a colleague's contact
            values["company"] = ""
    return values
