"""The verbs of companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm_core import editing, normal, search
from crm_core.acts.service import verb
from crm_core.catalogue import listing
from crm_core.catalogue.listing import Listed
from crm_core.companies import store
from crm_core.companies.model import Company, CompanyChanges, CompanyValues
from crm_core.editing import UNSET, cleaned
from crm_core.fields import service as own_fields
from crm_core.sql import Conn
from crm_core.users import presence
from crm_core.users.model import Viewer
from values.errors import Conflict, Invalid, NotFound
from values.paging import LARGEST, Page, capped, decode, encode
from values.sentences import phrase
from values.texts import storable

NO_COMPANY = phrase("There is no such company, or it is a colleague's.")


async def list_companies(
    conn: Conn, viewer: Viewer, *, query: str = "", after: str | None = None, limit: int = 50
) -> Page[Company]:
    """A page of companies, newest first."""
    scope, limit = viewer.scope(), capped(limit)
    before = decode(after, int)[0] if after else LARGEST
    if wanted := search.parse(query):
        found = await store.search(conn, scope, wanted, before=before, limit=limit + 1)
    else:
        found = await store.list_companies(conn, scope, before=before, limit=limit + 1)
    cursor = encode(found[limit - 1].id) if len(found) > limit else None
    return Page(items=await own_fields.told(conn, "company", found[:limit]), next=cursor)


async def filtered(
    conn: Conn, viewer: Viewer, listed: Listed, *, after: str | None = None, limit: int = 50
) -> Page[Company]:
    """A page of the companies that pass a filter, in its order."""
    page = await listing.ids(conn, viewer, listed, after=after, limit=limit)
    found = await store.among(conn, page.items)
    return Page(items=await own_fields.told(conn, "company", found), next=page.next)


async def get(conn: Conn, viewer: Viewer, id_: int) -> Company:
    found = await store.get(conn, viewer.scope(), id_)
    if found is None:
        raise NotFound(NO_COMPANY)
    return (await own_fields.told(conn, "company", [found]))[0]


@verb("company.create")
async def create(
    conn: Conn,
    viewer: Viewer,
    *,
    name: str,
    domain: str = "",
    phone: str = "",
    note: str = "",
    owner_id: int | None = None,
    fields: Mapping[str, Any] | None = None,
) -> int:
    """A company; known contacts with mail addresses at its domain join it. Raises Conflict when the domain is taken."""
    viewer.require_customers()
    kept = await own_fields.lay_new(conn, viewer, "company", fields or {})
    asked = CompanyChanges(name=name, domain=domain, phone=phone, note=note, owner_id=owner_id, fields=kept)
    company = editing.lay_over(CompanyValues(), await _checked(conn, asked))
    id_ = await store.create(conn, company)
    if id_ is None:
        raise Conflict(phrase("Another company has this domain."))
    if company.domain:
        await store.adopt(conn, id_, company.domain)
    return id_


@verb("company.update")
async def update(conn: Conn, viewer: Viewer, id_: int, changes: CompanyChanges) -> None:
    """Change what is named. Raises Conflict when the domain is taken."""
    present = await store.locked(conn, viewer.scope(), id_)
    if present is None:
        raise NotFound(NO_COMPANY)
    checked = await _checked(conn, changes)
    if checked.fields is not UNSET:
        laid = await own_fields.lay(conn, viewer, "company", present.fields, checked.fields)
        checked = replace(checked, fields=laid)
    new = editing.lay_over(present, checked)
    domain = new.domain if new.domain != present.domain else None
    if domain and await store.is_taken(conn, domain, exclude=id_):
        raise Conflict(phrase("Another company has this domain."))
    await store.save(conn, id_, new)
    if domain:
        await store.adopt(conn, id_, domain)


async def for_domains(conn: Conn, domains: Sequence[str]) -> dict[str, int]:
    """The companies of mail domains."""
    return await store.for_domains(conn, domains)


async def _checked(conn: Conn, changes: CompanyChanges) -> CompanyChanges:
    """The values in the form they are kept in; raises Invalid."""
    checked = replace(
        changes,
        name=cleaned(changes.name, _name),
        domain=cleaned(changes.domain, _domain),
        phone=cleaned(changes.phone, lambda typed: normal.text(typed)[:60]),
        note=cleaned(changes.note, lambda typed: storable(typed)[:20_000]),
    )
    if (owner_id := editing.given(changes.owner_id)) is not None:
        await presence.require_manager(conn, owner_id, field="owner_id")
    return checked


def _name(typed: str) -> str:
    name = normal.name(typed)
    if not name:
        raise Invalid(phrase("Enter a name for the company."), field="name")
    return name


def _domain(typed: str | None) -> str | None:
    """A mail domain out of a domain or an address of a site; raises Invalid for none and for free mail."""
    bare = (typed or "").strip().lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    bare = bare.partition("/")[0].rpartition("@")[2]
    if not bare:
        return None
    domain = normal.email(f"x@{bare}").rpartition("@")[2]
    if not domain or "." not in domain or any(char in domain for char in "%_: "):
        raise Invalid(phrase("Enter a domain such as example.com."), field="domain")
    if not normal.company_domain(f"x@{domain}"):
        raise Invalid(
            phrase("Anybody can have an address at this domain; it says nothing about a company."),
            field="domain",
        )
    return domain
