"""Leads as rules open and decline them, without a person who does it."""

from __future__ import annotations

from crm_core.leads import service, store
from crm_core.leads.model import LeadRequest
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM


async def open_(
    conn: Conn, contact_id: int, *, conversation_id: int, channel_id: int, title: str = ""
) -> None:
    """A lead, unless the contact has one or a deal."""
    records = (await store.open_records(conn, [contact_id]))[0]
    if records.lead_id or records.deal_id:
        return
    request = LeadRequest(
        contact_id=contact_id, conversation_id=conversation_id, channel_id=channel_id, title=title
    )
    await service.open_for(conn, [request])


async def decline(conn: Conn, contact_id: int, *, reason: str = "") -> None:
    """Nothing comes of the contact's open lead; without one nothing happens."""
    records = (await store.open_records(conn, [contact_id]))[0]
    if records.lead_id:
        await service.decline(conn, SYSTEM, records.lead_id, reason=reason)
