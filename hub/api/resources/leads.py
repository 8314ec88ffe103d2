"""Leads: requests that become deals or nothing."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from crm_core.deals import service as deals
from crm_core.deals.model import Deal
from crm_core.deals.qualifying import qualify
from crm_core.leads import service
from crm_core.leads.model import Lead
from crm_core.users.model import SYSTEM
from hub.api.endpoint import Call, endpoints_of
from hub.api.filtering import FilteredQuery, RowPage, listed, rows
from hub.api.shapes import Fields, Id
from inbox.changes import Change


class LeadsQuery(FilteredQuery, kw_only=True, forbid_unknown_fields=True):
    """Leads in a state (without a filter: new ones), newest first."""

    state: Literal["new", "qualified", "declined"] | UnsetType = UNSET


class LeadPage(msgspec.Struct, kw_only=True):
    items: list[Lead]
    next: str | None = None


class Qualification(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The deal's owner; without `stage_id` at the first stage, without a title under the lead's."""

    owner_id: Id | None = None
    title: Annotated[str, Meta(max_length=200)] = ""
    stage_id: Id | None = None


class Decline(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Why nothing comes of it."""

    reason: Annotated[str, Meta(max_length=500)] = ""


class LeadChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """To whom an open lead belongs; null is nobody. With `seen_owner_id`, whom it belonged to when one looked, it is refused
    (409) where somebody else has given it away meanwhile. `fields` are laid over the present ones; null removes one."""

    owner_id: Id | UnsetType | None = UNSET
    fields: Fields | UnsetType = UNSET
    seen_owner_id: Id | UnsetType | None = UNSET


async def list_leads(call: Call) -> LeadPage | RowPage:
    query: LeadsQuery = call.query
    if found := await rows(call, "lead"):
        return found
    if wanted := await listed(call, "lead"):
        page = await service.filtered(call.conn, call.viewer, wanted, after=query.after, limit=query.limit)
        return LeadPage(items=page.items, next=page.next)
    page = await service.list_leads(
        call.conn, call.viewer, state=query.state or "new", after=query.after, limit=query.limit
    )
    return LeadPage(items=page.items, next=page.next)


async def get_lead(call: Call) -> Lead:
    return await service.get(call.conn, call.viewer, call.id())


async def change_lead(call: Call) -> Lead:
    body: LeadChange = call.body
    seen = {} if body.seen_owner_id is UNSET else {"seen_owner_id": body.seen_owner_id}
    if body.fields is not UNSET:
        await service.update(call.conn, call.viewer, call.id(), fields=body.fields)
    if body.owner_id is not UNSET:
        await service.assign(call.conn, call.viewer, call.id(), body.owner_id, **seen)
    return await _told(call)


async def qualify_lead(call: Call) -> Deal:
    body: Qualification = call.body
    deal_id = await qualify(
        call.conn,
        call.viewer,
        call.id(),
        owner_id=body.owner_id,
        title=body.title,
        stage_id=body.stage_id,
    )
    deal = await deals.get(call.conn, SYSTEM, deal_id)  # also where it is a colleague's from now on
    call.publish([Change(kind="deal", id=deal.id, contact_id=deal.root_id, assignee_id=deal.owner_id)])
    return deal


async def decline_lead(call: Call) -> Lead:
    body: Decline = call.body
    await service.decline(call.conn, call.viewer, call.id(), reason=body.reason)
    return await _told(call)


async def _told(call: Call) -> Lead:
    lead = await service.get(call.conn, SYSTEM, call.id())
    call.publish([Change(kind="deal", contact_id=lead.root_id, assignee_id=lead.owner_id)])
    return lead


ONE = r"/leads/{id:\d+}"
endpoint = endpoints_of("leads")
ENDPOINTS = (
    endpoint(
        "GET",
        "/leads",
        "Leads in a state",
        list_leads,
        query=LeadsQuery,
        returns=LeadPage,
        or_returns=RowPage,
    ),
    endpoint("GET", ONE, "One lead with its source", get_lead, returns=Lead),
    endpoint(
        "PATCH", ONE, "Give it to somebody, or change own fields", change_lead, body=LeadChange, returns=Lead
    ),
    endpoint(
        "POST",
        f"{ONE}/qualification",
        "Turn it into a deal",
        qualify_lead,
        body=Qualification,
        returns=Deal,
        status=201,
    ),
    endpoint("POST", f"{ONE}/decline", "Nothing comes of it", decline_lead, body=Decline, returns=Lead),
)
