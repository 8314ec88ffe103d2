"""The feed of events: everything that happened, in the order of commits, of the last 30 days."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from crm_core.feed import service
from crm_core.feed.model import Event, Told
from hub import facts
from hub.api.endpoint import Call, endpoints_of
from hub.api.shapes import Limit
from hub.problems import Problem


class EventsQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`after`: `next` of the page before; `latest` begins now; without it with the oldest of 30 days."""

    after: Annotated[str, Meta(max_length=400)] | None = None
    limit: Limit = 50


class EventPage(msgspec.Struct, kw_only=True):
    """`next` is always there: ask again from it. No event is skipped, also where its transaction was committed late."""

    items: list[Event]
    next: str


async def list_events(call: Call) -> EventPage:
    query: EventsQuery = call.query
    kinds = [kind for kind in facts.PUBLIC if facts.KINDS[kind].scope in call.readable]
    try:
        page = await service.events(call.conn, call.viewer, kinds, after=query.after, limit=query.limit)
    except service.Expired as error:
        raise Problem(410, "Too old", detail=str(error), field="after", code="cursor-expired") from None
    return EventPage(items=[_event(told, call) for told in page.items], next=page.next or "")


def _event(told: Told, call: Call) -> Event:
    written = told.written
    return Event(
        id=written.id,
        kind=written.kind,
        at=written.at,
        contact_id=written.contact_id,
        deal_id=written.deal_id,
        conversation_id=written.conversation_id,
        company_id=written.company_id,
        user_id=written.user_id,
        cause=told.cause,
        data=facts.data_for(written, call.viewer),
    )


_endpoint: Any = endpoints_of("events")
ENDPOINTS = (
    _endpoint("GET", "/events", "What happened, in order", list_events, query=EventsQuery, returns=EventPage),
)
