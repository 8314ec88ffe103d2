"""A lead for every new request, set-based; one open lead a contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from msgspec import UNSET

from crm_core import events, normal
from crm_core.events import Fact
from crm_core.facts import LeadCreated, LeadRepeated
from crm_core.leads import store
from crm_core.leads.model import LeadRequest
from crm_core.sql import Conn

TITLE_LENGTH = 200


async def open_for(conn: Conn, requests: Sequence[LeadRequest]) -> list[int | None]:
    """A lead for each request, in the same order; None where the contact has an open lead or deal already, which is
    kept as the fact that they asked again."""
    if not requests:
        return []
    openings = await store.open_records(conn, [request.contact_id for request in requests])
    taken = {records.root_id for records in openings if records.lead_id or records.deal_id}
    wanted: dict[int, LeadRequest] = {}
    for request, records in zip(requests, openings, strict=True):
        if records.root_id not in taken:
            title = normal.name(request.title)[:TITLE_LENGTH]
            wanted.setdefault(records.root_id, replace(request, title=title))
    opened = await store.open_(conn, list(wanted.values())) if wanted else {}
    facts: list[Fact] = []
    result: list[int | None] = []
    for request in requests:
        id_ = opened.pop(request.contact_id, None)
        result.append(id_)
        facts.append(_fact(request, id_))
    await events.announce(conn, facts)
    return result


def _fact(request: LeadRequest, id_: int | None) -> Fact:
    title = normal.name(request.title)[:TITLE_LENGTH]
    if id_ is not None:
        return LeadCreated(
            contact_id=request.contact_id,
            conversation_id=request.conversation_id,
            title_=title,
            channel_id=request.channel_id,
            lead_id=id_,
        )
    return LeadRepeated(
        contact_id=request.contact_id,
        conversation_id=request.conversation_id,
        title_=title,
        channel_id=request.channel_id,
        source=UNSET if request.source is None else dict(request.source),
    )
