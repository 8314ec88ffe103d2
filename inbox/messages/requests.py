"""Requests that messages bring: a lead for each conversation that begins with one."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.leads import service as leads
from crm_core.leads.model import LeadRequest
from crm_core.sql import Conn
from inbox.messages.asked_for import asked_for
from inbox.messages.model import Placed


async def open_leads(conn: Conn, fresh: Sequence[Placed]) -> None:
    """A lead for every conversation that begins or begins again, unless the contact has one or a deal."""
    asking: dict[int, Placed] = {}
    for message in fresh:
        conversation = message.conversation
        if message.event.machine or message.event.outbound:
            continue
        if (
            conversation.is_new or conversation.was_closed
        ) and message.work.channel.connector.spec.creates_lead:
            asking.setdefault(conversation.id, message)
    if asking:
        await leads.open_for(conn, [_lead(message) for message in asking.values()])


def _lead(message: Placed) -> LeadRequest:
    event, source = message.event, message.event.source
    return LeadRequest(
        contact_id=message.conversation.contact_id,
        conversation_id=message.conversation.id,
        channel_id=message.work.channel.id,
        title=asked_for(event.subject, event.fields),
        source={
            "utm": dict(source.utm),
            "referrer": source.referrer,
            "landing_page": source.landing_page,
            "page": source.page,
            "visits": [list(visit) for visit in source.visits],
        }
        if source
        else None,
    )
