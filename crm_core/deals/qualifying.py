"""A lead becomes a deal."""

from __future__ import annotations

from crm_core import events
from crm_core.acts.service import verb
from crm_core.contacts import enrichment
from crm_core.deals import from_routing, store
from crm_core.deals.model import NewDeal
from crm_core.deals.titles import title_of
from crm_core.leads import service as leads
from crm_core.leads import store as lead_store
from crm_core.sql import Conn
from crm_core.users import presence
from crm_core.users.model import Viewer


@verb("lead.qualify")
async def qualify(
    conn: Conn,
    viewer: Viewer,
    lead_id: int,
    *,
    owner_id: int | None,
    title: str = "",
    stage_id: int | None = None,
) -> int:
    """Turn an open lead into a deal, at the first stage unless told otherwise; returns the deal."""
    lead = await leads.require_open(conn, viewer, lead_id)
    if owner_id is not None:
        await presence.require_manager(conn, owner_id, field="owner_id")
    pipeline, stage = await store.place(conn, stage_id=stage_id)
    records = (await lead_store.open_records(conn, [lead.contact_id]))[0]
    deal = NewDeal(
        contact_id=lead.contact_id,
        pipeline_id=pipeline.id,
        stage_id=stage.id,
        title=title_of(title or lead.title, records),
        company_id=records.company_id,
        lead_id=lead_id,
        conversation_id=lead.conversation_id,
        channel_id=lead.channel_id,
        source_id=lead.source_id,
        owner_id=owner_id,
        currency=pipeline.currency,
    )
    deal_id = (await store.create(conn, [deal]))[0]
    await store.qualify(conn, [(lead_id, owner_id)])
    if owner_id is not None:
        await enrichment.share(conn, [(lead.contact_id, owner_id)])
        await enrichment.own(conn, [(lead.contact_id, owner_id)])
    await events.announce(conn, from_routing.facts(deal_id, deal, user_id=viewer.user_id))
    return deal_id
