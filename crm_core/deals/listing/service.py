"""Lists of deals as far as a viewer may see them."""

from __future__ import annotations

from crm_core import search
from crm_core.catalogue import listing
from crm_core.catalogue.listing import Listed
from crm_core.deals.listing import store
from crm_core.deals.model import Card
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Invalid
from values.paging import LARGEST, Page, capped, decode, encode
from values.sentences import phrase

KINDS = ("open", "won", "lost")


async def list_deals(
    conn: Conn,
    viewer: Viewer,
    *,
    query: str = "",
    pipeline_id: int | None = None,
    stage_id: int | None = None,
    kind: str | None = None,
    company_id: int | None = None,
    owner_id: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Card]:
    """A page of deals, newest first. `kind` is open, won or lost; `owner_id` 0 is nobody. A query looks in titles and
    contacts' names, and stands alone."""
    scope, limit = viewer.scope(), capped(limit)
    if kind is not None and kind not in KINDS:
        raise Invalid(phrase("The kind is open, won or lost."), field="kind")
    before = decode(after, int)[0] if after else LARGEST
    if wanted := search.parse(query):
        found = await store.search(conn, scope, wanted.texts, before=before, limit=limit + 1)
    else:
        found = await store.list_deals(
            conn,
            before=before,
            limit=limit + 1,
            filters=(pipeline_id, stage_id, kind, company_id),
            owner_ids=_owners(scope, owner_id),
        )
    return Page(items=found[:limit], next=encode(found[limit - 1].id) if len(found) > limit else None)


async def filtered(
    conn: Conn, viewer: Viewer, listed: Listed, *, after: str | None = None, limit: int = 50
) -> Page[Card]:
    """A page of the deals that pass a filter, in its order."""
    page = await listing.ids(conn, viewer, listed, after=after, limit=limit)
    return Page(items=await store.among(conn, page.items), next=page.next)


async def of_contact(conn: Conn, viewer: Viewer, contact_id: int) -> list[Card]:
    """The deals of a contact with all its identities, open ones first."""
    return await store.of_contact(conn, viewer.scope(), contact_id)


def _owners(scope: int | None, wanted: int | None) -> list[int] | None:
    """Whose deals to list: those wanted among those that may be seen; None is everybody's."""
    if scope is None:
        return None if wanted is None else [wanted]
    return [owner for owner in (0, scope) if wanted in (None, owner)]
