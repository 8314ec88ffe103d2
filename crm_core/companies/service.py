"""The verbs of companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core import normal, search
from crm_core.companies import store
from crm_core.companies.model import Company
from crm_core.errors import Conflict, Invalid, NotFound
from crm_core.paging import LARGEST, Page, capped, decode, encode
from crm_core.sql import Conn
from crm_core.users import presence
from crm_core.users.model import Viewer
from values.sentences import phrase

NO_COMPANY = phrase("There is no such company, or it is a colleague's.")
COLUMNS = ("name", "domain", "phone", "note", "owner_id")


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
    return Page(items=found[:limit], next=cursor)


async def get(conn: Conn, viewer: Viewer, id_: int) -> Company:
    found = await store.get(conn, viewer.scope(), id_)
    if found is None:
        raise NotFound(NO_COMPANY)
    return found


async def create(
    conn: Conn,
    viewer: Viewer,
    *,
    name: str,
    domain: str = "",
    phone: str = "",
    note: str = "",
    owner_id: int | None = None,
) -> int:
    """A company; known contacts with mail addresses at its domain join it. Raises Conflict when the domain is taken."""
    viewer.require_customers()
    given = {"name": name, "domain": domain, "phone": phone, "note": note, "owner_id": owner_id}
    values = await _checked(conn, given)
    id_ = await store.create(conn, [values[column] for column in COLUMNS])
    if id_ is None:
        raise Conflict(phrase("Another company has this domain."))
    if values["domain"]:
        await store.adopt(conn, id_, values["domain"])
    return id_


async def update(conn: Conn, viewer: Viewer, id_: int, **changes: Any) -> None:
    """Change some of name, domain, phone, note, owner_id."""
    present = await store.locked(conn, viewer.scope(), id_)
    if present is None:
        raise NotFound(NO_COMPANY)
    if unknown := set(changes) - set(COLUMNS):
        raise Invalid(phrase("This cannot be changed."), field=min(unknown))
    new = present | await _checked(conn, changes)
    is_new_domain = bool(new["domain"]) and new["domain"] != present["domain"]
    if is_new_domain and await store.is_taken(conn, new["domain"], exclude=id_):
        raise Conflict(phrase("Another company has this domain."))
    await store.save(conn, id_, [new[column] for column in COLUMNS])
    if is_new_domain:
        await store.adopt(conn, id_, new["domain"])


async def for_domains(conn: Conn, domains: Sequence[str]) -> dict[str, int]:
    """The companies of mail domains."""
    return await store.for_domains(conn, domains)


async def _checked(conn: Conn, values: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(values)
    if "name" in values:
        checked["name"] = normal.name(values["name"])
        if not checked["name"]:
            raise Invalid(phrase("Enter a name for the company."), field="name")
    if "domain" in values:
        checked["domain"] = _domain(values["domain"] or "")
    if "phone" in values:
        checked["phone"] = normal.text(values["phone"])[:60]
    if "note" in values:
        checked["note"] = values["note"].replace("\0", "")[:20_000]
    if values.get("owner_id") is not None:
        await presence.require_manager(conn, values["owner_id"], field="owner_id")
    return checked


def _domain(typed: str) -> str | None:
    """A mail domain out of a domain or an address of a site; raises Invalid for none and for free mail."""
    bare = typed.strip().lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
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
