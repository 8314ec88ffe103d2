"""The verbs of leads: open, qualify into a deal, decline."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from crm_core import events
from crm_core.contacts import learning
from crm_core.deals import routed
from crm_core.deals import store as deals
from crm_core.deals.model import NewDeal
from crm_core.errors import Conflict, Invalid, NotFound
from crm_core.events import Fact
from crm_core.leads import store
from crm_core.leads.model import STATES, Lead
from crm_core.leads.opening import open_for
from crm_core.paging import LARGEST, Page, capped, decode, encode
from crm_core.sql import Conn
from crm_core.users import rota
from crm_core.users.model import Viewer
from values.sentences import phrase, tidied

NO_LEAD = phrase("There is no such lead, or it is a colleague's.")
REASON_LENGTH = 500


async def list_leads(
    conn: Conn, viewer: Viewer, *, state: str = "new", after: str | None = None, limit: int = 50
) -> Page[Lead]:
    """A page of leads in a state, newest first."""
    if state not in STATES:
        raise Invalid(phrase("The state is new, qualified or declined."), field="state")
    limit = capped(limit)
    before = decode(after, int)[0] if after else LARGEST
    found = await store.list_leads(conn, viewer.scope(), state=state, before=before, limit=limit + 1)
    return Page(items=found[:limit], next=encode(found[limit - 1].id) if len(found) > limit else None)


async def get(conn: Conn, viewer: Viewer, id_: int) -> Lead:
    found = await store.get(conn, viewer.scope(), id_)
    if found is None:
        raise NotFound(NO_LEAD)
    return found


async def of_contact(conn: Conn, viewer: Viewer, contact_id: int) -> list[Lead]:
    """The leads of a contact with all its identities, newest first."""
    return await store.of_contact(conn, viewer.scope(), contact_id)


async def marks(conn: Conn, conversation_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The marks of their source by conversation: utm values as `utm_source=x`, referrer and pages."""
    return await store.marks(conn, conversation_ids)


async def qualify(
    conn: Conn,
    viewer: Viewer,
    id_: int,
    *,
    owner_id: int | None,
    title: str = "",
    stage_id: int | None = None,
) -> int:
    """Turn an open lead into a deal, at the first stage unless told otherwise; returns the deal."""
    lead = await _open(conn, viewer, id_)
    if owner_id is not None:
        await rota.require_manager(conn, owner_id, field="owner_id")
    pipeline, stage = await deals.place(conn, stage_id=stage_id)
    standing = (await store.standing(conn, [lead.contact_id]))[0]
    deal = NewDeal(
        contact_id=lead.contact_id,
        pipeline_id=pipeline.id,
        stage_id=stage.id,
        title=routed.title_of(title or lead.title, standing),
        company_id=standing.company_id,
        lead_id=id_,
        conversation_id=lead.conversation_id,
        channel_id=lead.channel_id,
        source_id=lead.source_id,
        owner_id=owner_id,
        currency=pipeline.currency,
    )
    deal_id = (await deals.create(conn, [deal]))[0]
    await deals.qualify(conn, [(id_, owner_id)])
    if owner_id is not None:
        await learning.share(conn, [(lead.contact_id, owner_id)])
        await learning.own(conn, [(lead.contact_id, owner_id)])
    await events.announce(conn, routed.facts(deal_id, deal, user_id=viewer.user_id))
    return deal_id


async def decline(conn: Conn, viewer: Viewer, id_: int, *, reason: str = "") -> None:
    """Nothing comes of an open lead."""
    lead = await _open(conn, viewer, id_)
    kept = tidied(reason, lambda typed: typed.replace("\0", "").strip()[:REASON_LENGTH])
    await store.close(conn, id_, state="declined", reason=kept)
    fact = Fact(
        kind="lead.declined",
        contact_id=lead.contact_id,
        user_id=viewer.user_id,
        data={"lead_id": id_, "reason": kept},
    )
    await events.announce(conn, [fact])


async def reopen(conn: Conn, viewer: Viewer, id_: int) -> None:
    """Take a refusal back."""
    lead = await store.locked(conn, viewer.scope(), id_)
    if lead is None:
        raise NotFound(NO_LEAD)
    try:
        async with conn.transaction():
            is_open = lead.state == "declined" and await store.reopen(conn, id_)
    except asyncpg.UniqueViolationError:  # a new request of theirs came in this moment
        is_open = False
    if not is_open:
        raise Conflict(phrase("This lead is open or taken already, or the contact has a newer one."))
    fact = Fact(
        kind="lead.reopened", contact_id=lead.contact_id, user_id=viewer.user_id, data={"lead_id": id_}
    )
    await events.announce(conn, [fact])


async def assign(conn: Conn, viewer: Viewer, id_: int, owner_id: int | None) -> None:
    """Give an open lead to somebody, or to nobody."""
    lead = await _open(conn, viewer, id_)
    if owner_id is not None:
        await rota.require_manager(conn, owner_id, field="owner_id")
        await learning.share(conn, [(lead.contact_id, owner_id)])
    await store.give(conn, id_, owner_id)


async def _open(conn: Conn, viewer: Viewer, id_: int) -> store.OpenLead:
    lead = await store.locked(conn, viewer.scope(), id_)
    if lead is None:
        raise NotFound(NO_LEAD)
    if lead.state != "new":
        raise Conflict(phrase("Somebody has settled this lead meanwhile."))
    return lead


__all__ = ["assign", "decline", "get", "list_leads", "of_contact", "open_for", "qualify"]
