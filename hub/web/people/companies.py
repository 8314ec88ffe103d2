"""Companies: the card with its people, a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from crm_core.companies import service as companies
from crm_core.companies.model import CompanyChanges
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.sql import Conn
from hub.web import forms as read
from hub.web import own_fields, versions
from hub.web.acting import acting, told
from hub.web.context import form, ident, transaction, user, viewer
from hub.web.forms import REFUSALS, Form, form_page, fresh, refused
from hub.web.people.binning import or_binned
from hub.web.render import see_other

PAGE_SIZE = 50
TEXTS = ("name", "domain", "phone", "note")


async def new(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        people = await read.managers(conn)
    given = dict.fromkeys(TEXTS, "") | {"owner_id": str(user(request).id)}
    return form_page(request, "people/company_new.html", Form(given=given), people=people)


async def create(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    try:
        async with acting(request, "company.create") as conn:
            id_ = await companies.create(conn, viewer(request), **_texts(fields), owner_id=_owner(fields))
    except REFUSALS as error:
        async with transaction(request) as conn:
            people = await read.managers(conn)
        shown = refused(error, fields, (*TEXTS, "owner_id"), at="domain")
        return form_page(request, "people/company_new.html", shown, people=people)
    return told(request, see_other(request, f"/companies/{id_}"))


@or_binned("company")
async def show(request: web.Request) -> web.StreamResponse:
    after = request.query.get("after") or None
    async with transaction(request) as conn:
        values = await _values(conn, request, after=after)
    return form_page(
        request, "people/company.html", fresh(_given(values["company"]) | values["own"].given), **values
    )


async def save(request: web.Request) -> web.StreamResponse:
    id_, fields = ident(request), await form(request)
    try:
        async with acting(request, "company.update") as conn:
            await versions.alone(conn, "company", id_)
            present = await companies.get(conn, viewer(request), id_)
            own = await own_fields.of(conn, request, "company", present.fields)
            fields = versions.merged(own_fields.collected(fields), _given(present) | own.given)
            changes = CompanyChanges(
                **_texts(fields),
                owner_id=_owner(fields),
                fields=await own_fields.read_form(conn, request, "company", fields, present.fields),
            )
            await companies.update(conn, viewer(request), id_, changes)
    except REFUSALS as error:
        async with transaction(request) as conn:
            values = await _values(conn, request)
        labels = {"owner_id": values["people"]}
        names = _given(values["company"]) | values["own"].given
        shown = refused(error, own_fields.collected(fields), names, at="domain", labels=labels)
        return form_page(request, "people/company.html", shown, **values)
    return told(request, see_other(request, f"/companies/{id_}?saved=1"))


async def _values(conn: Conn, request: web.Request, *, after: str | None = None) -> dict[str, Any]:
    company = await companies.get(conn, viewer(request), ident(request))
    people = await contacts.list_contacts(
        conn, viewer(request), company_id=company.id, after=after, limit=PAGE_SIZE
    )
    found = await deals.list_deals(conn, viewer(request), company_id=company.id, limit=PAGE_SIZE)
    return {
        "company": company,
        "own": await own_fields.of(conn, request, "company", company.fields),
        "found": people,
        "people": await read.managers(conn),
        "contact_deals": found.items,
        "stage_names": {stage.id: stage for line in await deals.pipelines(conn) for stage in line.stages},
        "saved": "saved" in request.query,
    }


def _given(company: object) -> dict[str, str]:
    return {name: str(getattr(company, name) or "") for name in (*TEXTS, "owner_id")}


def _texts(fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: fields.get(name, "") for name in TEXTS}


def _owner(fields: Mapping[str, str]) -> int | None:
    return read.number(fields, "owner_id")
