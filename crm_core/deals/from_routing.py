"""A routed conversation stands on a deal card: the open deal of its contact, or a new one from its lead."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core import events
from crm_core.deals import store
from crm_core.deals.model import NewDeal, Pipeline, RoutedRequest
from crm_core.deals.titles import short, title_of
from crm_core.events import Fact
from crm_core.facts import DealCreated, LeadQualified
from crm_core.leads import store as leads
from crm_core.leads.model import OpenRecords
from crm_core.sql import Conn


async def create_for_routed(conn: Conn, items: Sequence[RoutedRequest]) -> list[int]:
    """The deal of each request, in the same order. An open deal of the contact is kept, and taken if it is nobody's;
    otherwise the open lead becomes a deal at the first stage."""
    if not items:
        return []
    openings = await leads.open_records(conn, [item.contact_id for item in items])
    pipeline = (await store.pipelines(conn))[0]
    there = {records.root_id: records.deal_id for records in openings if records.deal_id}
    await _take(conn, items, openings)
    new: dict[int, NewDeal] = {}
    for item, records in zip(items, openings, strict=True):
        if records.root_id not in there:
            new.setdefault(records.root_id, _new(item, records, pipeline))
    if new:
        there |= dict(zip(new, await _create(conn, list(new.values())), strict=True))
    return [there[records.root_id] for records in openings]


async def create_one(conn: Conn, deal: NewDeal) -> int:
    """Write a deal; its lead, if it has one, is qualified by it."""
    return (await _create(conn, [deal]))[0]


async def _take(conn: Conn, items: Sequence[RoutedRequest], openings: Sequence[OpenRecords]) -> None:
    taken = {
        records.deal_id: item.owner_id
        for item, records in zip(items, openings, strict=True)
        if records.deal_id and item.owner_id
    }
    if taken:
        await store.take(conn, list(taken.items()))


async def _create(conn: Conn, new: Sequence[NewDeal]) -> list[int]:
    ids = await store.create(conn, new)
    if qualified := [(deal.lead_id, deal.owner_id) for deal in new if deal.lead_id]:
        await store.qualify(conn, qualified)
    await events.announce(
        conn, [fact for id_, deal in zip(ids, new, strict=True) for fact in facts(id_, deal)]
    )
    return ids


def facts(id_: int, deal: NewDeal, *, user_id: int | None = None) -> list[Fact]:
    """What a new deal tells: that it was created, and the lead it came from qualified."""
    told = DealCreated(
        contact_id=deal.contact_id,
        deal_id=id_,
        conversation_id=deal.conversation_id,
        user_id=user_id,
        title_=deal.title,
        stage_id=deal.stage_id,
        owner_id=deal.owner_id,
        amount=deal.amount,
        currency=deal.currency,
    )
    if deal.lead_id is None:
        return [told]
    qualified = LeadQualified(
        contact_id=deal.contact_id,
        deal_id=id_,
        conversation_id=deal.conversation_id,
        user_id=user_id,
        lead_id=deal.lead_id,
        owner_id=deal.owner_id,
    )
    return [qualified, told]


def _new(item: RoutedRequest, records: OpenRecords, pipeline: Pipeline) -> NewDeal:
    return NewDeal(
        contact_id=item.contact_id,
        pipeline_id=pipeline.id,
        stage_id=pipeline.first_open().id,
        title=title_of(short(item.title), records),
        company_id=records.company_id,
        lead_id=records.lead_id,
        conversation_id=item.conversation_id,
        channel_id=item.channel_id,
        source_id=records.source_id,
        owner_id=item.owner_id,
        currency=pipeline.currency,
    )
