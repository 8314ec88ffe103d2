"""Deals, their way through the stages, and the pipelines."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from crm_core.deals import service
from crm_core.deals.listing import service as listing
from crm_core.deals.model import Card, Deal, DealChanges, Pipeline
from crm_core.history import service as activity
from crm_core.users.model import SYSTEM
from hub.api.endpoint import Call, endpoints_of
from hub.api.filtering import FilteredQuery, RowPage, listed, rows
from hub.api.shapes import (
    Amount,
    Currency,
    Fields,
    HistoryPage,
    Id,
    Name,
    Note,
    NoteText,
    PageQuery,
    Short,
    changes_of,
    given,
)
from inbox.changes import Change

Owner = Annotated[int, Meta(ge=0, le=2**63 - 1, description="0 is nobody.")]


class DealsQuery(FilteredQuery, kw_only=True, forbid_unknown_fields=True):
    """Newest first. With `query` a search in titles and contacts' names, which stands alone."""

    query: Short = ""
    pipeline_id: Id | None = None
    stage_id: Id | None = None
    kind: Literal["open", "won", "lost"] | None = None
    company_id: Id | None = None
    owner_id: Owner | None = None


class DealPage(msgspec.Struct, kw_only=True):
    items: list[Card]
    next: str | None = None


class PipelineList(msgspec.Struct, kw_only=True):
    items: list[Pipeline]


class NewDeal(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Without a stage at the first one, without a currency in the pipeline's, without an owner the token's user's."""

    contact_id: Id
    title: Annotated[str, Meta(max_length=200)] = ""
    stage_id: Id | None = None
    pipeline_id: Id | None = None
    owner_id: Id | None = None
    company_id: Id | None = None
    amount: Amount = 0
    currency: Currency | None = None
    note: Note = ""
    fields: Fields = {}


class DealChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is given is changed. `fields` are laid over the present ones; null removes one."""

    title: Name | UnsetType = UNSET
    company_id: Id | UnsetType | None = UNSET
    owner_id: Id | UnsetType | None = UNSET
    amount: Amount | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET
    fields: Fields | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    loss_reason: Short | UnsetType = UNSET


class StageMove(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Into which stage: right before or after another deal of it, or at the top."""

    stage_id: Id
    before_id: Id | None = None
    after_id: Id | None = None
    loss_reason: Short = ""


async def list_deals(call: Call) -> DealPage | RowPage:
    query: DealsQuery = call.query
    if found := await rows(call, "deal"):
        return found
    if wanted := await listed(call, "deal"):
        page = await listing.filtered(call.conn, call.viewer, wanted, after=query.after, limit=query.limit)
        return DealPage(items=page.items, next=page.next)
    page = await service.list_deals(
        call.conn,
        call.viewer,
        query=query.query,
        pipeline_id=query.pipeline_id,
        stage_id=query.stage_id,
        kind=query.kind,
        company_id=query.company_id,
        owner_id=query.owner_id,
        after=query.after,
        limit=query.limit,
    )
    return DealPage(items=page.items, next=page.next)


async def get_deal(call: Call) -> Deal:
    return await service.get(call.conn, call.viewer, call.id())


async def create_deal(call: Call) -> Deal:
    body: NewDeal = call.body
    values: dict[str, Any] = {**given(body), "currency": body.currency or ""}
    id_ = await service.create(call.conn, call.viewer, **values)
    return await _told(call, id_)


async def change_deal(call: Call) -> Deal:
    before = await service.get(call.conn, call.viewer, call.id())
    await service.update(call.conn, call.viewer, call.id(), changes_of(DealChanges, call.body))
    return await _told(call, call.id(), previous=before.owner_id)


async def move_deal(call: Call) -> Deal:
    body: StageMove = call.body
    await service.move(call.conn, call.viewer, call.id(), **given(body))
    return await _told(call, call.id())


async def write_deal_note(call: Call) -> None:
    body: NoteText = call.body
    await activity.write_note(call.conn, call.viewer, deal_id=call.id(), text=body.text)
    await _told(call, call.id())


async def read_deal_history(call: Call) -> HistoryPage:
    query: PageQuery = call.query
    page = await activity.history(
        call.conn, call.viewer, deal_id=call.id(), before=query.after, limit=query.limit
    )
    return HistoryPage(items=page.items, next=page.next)


async def list_pipelines(call: Call) -> PipelineList:
    call.viewer.require_customers()
    return PipelineList(items=await service.pipelines(call.conn))


async def _told(call: Call, id_: int, *, previous: int | None = None) -> Deal:
    """The deal after a change, also where it is a colleague's from now on."""
    deal = await service.get(call.conn, SYSTEM, id_)
    change = Change(
        kind="deal",
        id=deal.id,
        contact_id=deal.root_id,
        assignee_id=deal.owner_id,
        previous_assignee_id=previous if previous != deal.owner_id else None,
    )
    call.publish([change])
    return deal


ONE = r"/deals/{id:\d+}"
endpoint = endpoints_of("deals")
ENDPOINTS = (
    endpoint(
        "GET",
        "/deals",
        "Deals, or a search",
        list_deals,
        query=DealsQuery,
        returns=DealPage,
        or_returns=RowPage,
    ),
    endpoint("POST", "/deals", "Open a deal", create_deal, body=NewDeal, returns=Deal, status=201),
    endpoint("GET", ONE, "One deal", get_deal, returns=Deal),
    endpoint("PATCH", ONE, "Change it", change_deal, body=DealChange, returns=Deal),
    endpoint("PUT", f"{ONE}/stage", "Put it into a stage", move_deal, body=StageMove, returns=Deal),
    endpoint("POST", f"{ONE}/notes", "Write a note", write_deal_note, body=NoteText),
    endpoint(
        "GET",
        f"{ONE}/history",
        "What happened to it",
        read_deal_history,
        query=PageQuery,
        returns=HistoryPage,
    ),
    endpoints_of("pipelines")(
        "GET", "/pipelines", "Pipelines and their stages", list_pipelines, returns=PipelineList
    ),
)
