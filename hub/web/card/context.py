"""What a card belongs to: a conversation, a deal or a contact, looked up for who asks. Verbs are carried out on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.deals.model import Deal
from crm_core.sql import Conn
from hub.web.acting import acting, told
from hub.web.card import values
from hub.web.context import ident, is_fragment, publish, transaction, viewer
from hub.web.forms import Form
from hub.web.render import page, see_other
from inbox.changes import Change
from inbox.views import queries
from inbox.views.model import ConversationDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class CardContext:
    """What the card belongs to. `contact_id` is the living contact, `identity_id` what new tasks and deals are kept under:
    they go with their identity when a merge is undone. `owner_id` hears of what changes."""

    address: str
    contact_id: int
    identity_id: int
    owner_id: int | None
    conversation: ConversationDetails | None = None
    deal: Deal | None = None

    def changed(self, kind: str, *, assignee_id: int | None = None) -> Change:
        """A change of the card, told to its owner or to who is named."""
        owner = assignee_id or self.owner_id
        if self.conversation:
            id_ = self.conversation.id
            about = id_ if kind == "conversation" else None
            return Change(
                kind=kind, id=id_, conversation_id=about, contact_id=self.contact_id, assignee_id=owner
            )
        id_ = self.deal.id if self.deal else self.contact_id
        return Change(kind=kind, id=id_, contact_id=self.contact_id, assignee_id=owner)

    def person_changed(self) -> list[Change]:
        """Who the customer is changed: the card, and the conversation that it stands beside."""
        beside = [self.changed("conversation")] if self.conversation else []
        return [*beside, self.changed("deal")]


Verb = Callable[[Conn, CardContext], Awaitable[Sequence[Change]]]


async def look_up(conn: Conn, request: web.Request) -> CardContext:
    """What the address names. Raises NotFound where the viewer may not see it."""
    id_, who, of = ident(request), viewer(request), request.match_info["of"]
    if of == "conversations":
        conversation = await queries.get(conn, who, id_)
        return CardContext(
            address=f"/conversations/{id_}",
            contact_id=conversation.row.contact_id,
            identity_id=conversation.identity_id,
            owner_id=conversation.row.assignee_id,
            conversation=conversation,
        )
    if of == "deals":
        return await of_deal(conn, request, id_)
    contact = await contacts.get(conn, who, id_)
    return CardContext(
        address=f"/contacts/{id_}", contact_id=contact.id, identity_id=contact.id, owner_id=contact.owner_id
    )


async def of_deal(conn: Conn, request: web.Request, id_: int) -> CardContext:
    """The deal itself. Raises NotFound where the viewer may not see it."""
    deal = await deals.get(conn, viewer(request), id_)
    return CardContext(
        address=f"/deals/{id_}",
        contact_id=deal.contact_id,
        identity_id=deal.contact_id,
        owner_id=deal.owner_id,
        deal=deal,
    )


async def carry_out(request: web.Request, kind: str, verb: Verb) -> web.StreamResponse:
    """Do it as an act of this kind, tell the browsers, and answer with the card anew, or with its page."""
    async with acting(request, kind) as conn:
        card = await look_up(conn, request)
        changes = await verb(conn, card)
    await publish(request, changes)
    return await drawn(request) if is_fragment(request) else told(request, see_other(request, card.address))


async def drawn(request: web.Request, form: Form | None = None, **more: Any) -> web.Response:
    """The card with something more on it: the form of the deal as it was refused, what can be taken back."""
    async with transaction(request) as conn:
        card = await look_up(conn, request)
        if card.conversation:
            template = "card/card.html"
            found = await values.of_conversation(conn, request, card.conversation)
        elif card.deal:
            template, found = "sales/deal_side.html", await values.of_deal(conn, request, card.deal)
        else:
            contact = await contacts.get(conn, viewer(request), card.contact_id)
            template, found = "people/contact_side.html", await values.of_contact(conn, request, contact)
    if form:
        more["deal_form"] = form
    return page(request, template, status=form.status if form else 200, **found | more)
