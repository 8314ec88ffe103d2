"""Lists of contacts: newest first, or nearest to what was typed."""

from __future__ import annotations

from crm_core import normal, search
from crm_core.catalogue import listing
from crm_core.catalogue.listing import Listed
from crm_core.contacts.listing import store
from crm_core.contacts.model import Contact
from crm_core.search import Query
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.paging import LARGEST, Page, capped, decode, encode

LIKELY_FROM = 4
"""Letters from which on a typing error can be told from another name."""


async def list_contacts(
    conn: Conn,
    viewer: Viewer,
    *,
    query: str = "",
    after: str | None = None,
    limit: int = 50,
    company_id: int | None = None,
    tag: str | None = None,
) -> Page[Contact]:
    """A page of the contacts that the viewer may see. A query finds parts of names and addresses in any script, and
    numbers in any notation; it looks at the first thousand hits."""
    scope, limit = viewer.scope(), capped(limit)
    if wanted := search.parse(query):
        return await _found(conn, scope, wanted, after=after, limit=limit)
    before = decode(after, int)[0] if after else LARGEST
    ids = await store.ids(
        conn, scope, before=before, limit=limit + 1, company_id=company_id, tag=normal.name(tag or "") or None
    )
    cursor = encode(ids[limit - 1]) if len(ids) > limit else None
    return Page(items=await store.contacts(conn, ids[:limit]), next=cursor)


async def likely(conn: Conn, viewer: Viewer, query: str, *, limit: int = 10) -> list[Contact]:
    """Who may be meant by a name with a typing error; in a transaction."""
    wanted = search.parse(query)
    if wanted is None or len(wanted.exact) < LIKELY_FROM or wanted.numbers:
        return []
    ids = await store.likely(conn, viewer.scope(), wanted.exact, limit=capped(limit))
    return await store.contacts(conn, ids)


async def filtered(
    conn: Conn, viewer: Viewer, listed: Listed, *, after: str | None = None, limit: int = 50
) -> Page[Contact]:
    """A page of the contacts that pass a filter, in its order."""
    page = await listing.ids(conn, viewer, listed, after=after, limit=limit)
    return Page(items=await store.contacts(conn, page.items), next=page.next)


async def _found(
    conn: Conn, scope: int | None, wanted: Query, *, after: str | None, limit: int
) -> Page[Contact]:
    far, id_ = decode(after, int, int) if after else (-1, 0)
    hits = await store.search(conn, scope, wanted, after=(far, id_), limit=limit + 1)
    cursor = encode(*hits[limit - 1]) if len(hits) > limit else None
    return Page(items=await store.contacts(conn, [hit for _, hit in hits[:limit]]), next=cursor)
