"""Companies."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from crm_core.companies import service
from crm_core.companies.model import Company, CompanyChanges
from crm_core.users.model import SYSTEM
from hub.api.endpoint import Call, endpoints_of
from hub.api.filtering import FilteredQuery, RowPage, listed, rows
from hub.api.shapes import Fields, Id, Name, Note, Short, changes_of, given

Domain = Annotated[
    str, Meta(max_length=253, description="Whose mail addresses belong to it; free mail does not.")
]
Phone = Annotated[str, Meta(max_length=60)]


class CompaniesQuery(FilteredQuery, kw_only=True, forbid_unknown_fields=True):
    """Newest first. With `query` a search in names and domains, which stands alone."""

    query: Short = ""


class CompanyPage(msgspec.Struct, kw_only=True):
    items: list[Company]
    next: str | None = None


class NewCompany(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name
    domain: Domain = ""
    phone: Phone = ""
    note: Note = ""
    owner_id: Id | None = None
    fields: Fields = {}


class CompanyChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is given is changed. `fields` are laid over the present ones; null removes one."""

    name: Name | UnsetType = UNSET
    domain: Domain | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    owner_id: Id | UnsetType | None = UNSET
    fields: Fields | UnsetType = UNSET


async def list_companies(call: Call) -> CompanyPage | RowPage:
    query: CompaniesQuery = call.query
    if found := await rows(call, "company"):
        return found
    if wanted := await listed(call, "company"):
        page = await service.filtered(call.conn, call.viewer, wanted, after=query.after, limit=query.limit)
        return CompanyPage(items=page.items, next=page.next)
    page = await service.list_companies(
        call.conn, call.viewer, query=query.query, after=query.after, limit=query.limit
    )
    return CompanyPage(items=page.items, next=page.next)


async def get_company(call: Call) -> Company:
    return await service.get(call.conn, call.viewer, call.id())


async def create_company(call: Call) -> Company:
    id_ = await service.create(call.conn, call.viewer, **given(call.body))
    return await service.get(call.conn, SYSTEM, id_)


async def change_company(call: Call) -> Company:
    await service.update(call.conn, call.viewer, call.id(), changes_of(CompanyChanges, call.body))
    return await service.get(call.conn, SYSTEM, call.id())  # also where it is a colleague's from now on


ONE = r"/companies/{id:\d+}"
endpoint = endpoints_of("companies")
ENDPOINTS = (
    endpoint(
        "GET",
        "/companies",
        "Companies, or a search",
        list_companies,
        query=CompaniesQuery,
        returns=CompanyPage,
        or_returns=RowPage,
    ),
    endpoint(
        "POST", "/companies", "Add a company", create_company, body=NewCompany, returns=Company, status=201
    ),
    endpoint("GET", ONE, "One company", get_company, returns=Company),
    endpoint("PATCH", ONE, "Change it", change_company, body=CompanyChange, returns=Company),
)
