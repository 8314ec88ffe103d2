"""The verbs of leads: open, assign, decline; how one becomes a deal is the deals' business (see deals/qualifying)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from crm_core import events
from crm_core.acts.service import verb
from crm_core.catalogue import listing
from crm_core.catalogue.listing import Listed
from crm_core.contacts import enrichment
from crm_core.facts import LeadDeclined, LeadReopened
from crm_core.fields import service as own_fields
from crm_core.leads import store
from crm_core.leads.model import STATES, Lead
from crm_core.leads.opening import open_for
from crm_core.search import parse
from crm_core.sql import Conn
from crm_core.users import presence
from crm_core.users.model import Viewer
from values.errors import Conflict, Invalid, NotFound
from values.paging import LARGEST, Page, capped, decode, encode
from values.sentences import phrase, tidied
from values.texts import storable

NO_LEAD = phrase("There is no such lead, or it is a colleague's.")
REASON_LENGTH = 500
ANYBODY = -1
"""Whose a lead is seen to be where nobody looked."""


async def list_leads(
    conn: Conn, viewer: Viewer, *, state: str = "new", after: str | None = None, limit: int = 50
) -> Page[Lead]:
    """A page of leads in a state, newest first."""
    if state not in STATES:
        raise Invalid(phrase("The state is new, qualified or declined."), field="state")
    limit = capped(limit)
    before = decode(after, int)[0] if after else LARGEST
    found = await store.list_leads(conn, viewer.scope(), state=state, before=before, limit=limit + 1)
    items = await own_fields.told(conn, "lead", found[:limit])
    return Page(items=items, next=encode(found[limit - 1].id) if len(found) > limit else None)


async def filtered(
    conn: Conn, viewer: Viewer, listed: Listed, *, after: str | None = None, limit: int = 50
) -> Page[Lead]:
    """A page of the leads that pass a filter, in its order."""
    page = await listing.ids(conn, viewer, listed, after=after, limit=limit)
    found = await store.among(conn, page.items)
    return Page(items=await own_fields.told(conn, "lead", found), next=page.next)


async def get(conn: Conn, viewer: Viewer, id_: int) -> Lead:
    found = await store.get(conn, viewer.scope(), id_)
    if found is None:
        raise NotFound(NO_LEAD)
    return (await own_fields.told(conn, "lead", [found]))[0]


async def search(conn: Conn, viewer: Viewer, query: str, *, limit: int = 50) -> list[Lead]:
    """By their titles, the new ones first."""
    wanted = parse(query)
    if wanted is None:
        return []
    found = await store.search(conn, viewer.scope(), wanted.texts, limit=capped(limit))
    return await own_fields.told(conn, "lead", found)


async def of_contact(conn: Conn, viewer: Viewer, contact_id: int) -> list[Lead]:
    """The leads of a contact with all its identities, newest first."""
    return await own_fields.told(conn, "lead", await store.of_contact(conn, viewer.scope(), contact_id))


async def marks(conn: Conn, conversation_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The marks of their source by conversation: utm values as `utm_source=x`, referrer and pages."""
    return await store.marks(conn, conversation_ids)


@verb("lead.update")
async def update(conn: Conn, viewer: Viewer, id_: int, *, fields: Mapping[str, Any]) -> None:
    """Lay own fields over the present ones, of a settled lead too; None removes one."""
    lead = await store.locked(conn, viewer.scope(), id_)
    if lead is None:
        raise NotFound(NO_LEAD)
    laid = await own_fields.lay(conn, viewer, "lead", lead.fields, fields)
    if laid != lead.fields:
        await store.set_fields(conn, id_, laid)


@verb("lead.decline")
async def decline(conn: Conn, viewer: Viewer, id_: int, *, reason: str = "") -> None:
    """Nothing comes of an open lead."""
    lead = await require_open(conn, viewer, id_)
    kept = tidied(reason, lambda typed: storable(typed).strip()[:REASON_LENGTH])
    await store.close(conn, id_, state="declined", reason=kept)
    fact = LeadDeclined(contact_id=lead.contact_id, user_id=viewer.user_id, lead_id=id_, reason=kept)
    await events.announce(conn, [fact])


@verb("lead.reopen")
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
    fact = LeadReopened(contact_id=lead.contact_id, user_id=viewer.user_id, lead_id=id_)
    await events.announce(conn, [fact])


@verb("lead.assign")
async def assign(
    conn: Conn, viewer: Viewer, id_: int, owner_id: int | None, *, seen_owner_id: int | None = ANYBODY
) -> None:
    """Give an open lead to somebody, or to nobody. Raises Conflict where it is not `seen_owner_id`'s any more."""
    lead = await require_open(conn, viewer, id_)
    if seen_owner_id not in (ANYBODY, lead.owner_id):
        raise Conflict(phrase("Somebody has given this lead away meanwhile."))
    if owner_id is not None:
        await presence.require_manager(conn, owner_id, field="owner_id")
        await enrichment.share(conn, [(lead.contact_id, owner_id)])
    await store.give(conn, id_, owner_id)


async def require_open(conn: Conn, viewer: Viewer, id_: int) -> store.OpenLead:
    """The lead, locked; raises NotFound, and Conflict where it is settled already."""
    lead = await store.locked(conn, viewer.scope(), id_)
    if lead is None:
        raise NotFound(NO_LEAD)
    if lead.state != "new":
        raise Conflict(phrase("Somebody has settled this lead meanwhile."))
    return lead


__all__ = [
    "assign",
    "decline",
    "filtered",
    "get",
    "list_leads",
    "of_contact",
    "open_for",
    "reopen",
    "require_open",
    "search",
    "update",
]
