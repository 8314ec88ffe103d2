"""The page of customers' own fields: what each object has, in its order; new ones, and what forms sent that is none yet."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from crm_core.fields import service, usage
from crm_core.fields.model import OBJECTS, TYPES, NewField
from crm_core.sql import Conn
from hub.audit import service as audit
from hub.peers import peer
from hub.web import forms as read
from hub.web.context import form, ident, transaction, user, viewer
from hub.web.forms import REFUSALS, Form, form_page, refused
from hub.web.render import see_other
from hub.wording.i18n import N_, gettext
from values.errors import Invalid
from values.fields.model import FieldType

NEW: Final = ("label", "type", "group", "options")
LABELS: Final = {
    "contact": N_("Contacts"),
    "company": N_("Companies"),
    "deal": N_("Deals"),
    "lead": N_("Leads"),
    "task": N_("Tasks"),
}
TYPE_LABELS: Final = {
    FieldType.TEXT: N_("Text"),
    FieldType.LONG_TEXT: N_("Long text"),
    FieldType.NUMBER: N_("Number"),
    FieldType.MONEY: N_("Money"),
    FieldType.DATE: N_("Date"),
    FieldType.ANNIVERSARY: N_("Date every year"),
    FieldType.TIME: N_("Date and time"),
    FieldType.YES_NO: N_("Yes or no"),
    FieldType.CHOICE: N_("One of several"),
    FieldType.CHOICES: N_("Several of several"),
    FieldType.LINK: N_("Link"),
    FieldType.MAIL: N_("Email"),
    FieldType.PHONE: N_("Phone"),
    FieldType.USER: N_("Colleague"),
    FieldType.PERSON: N_("Contact"),
    FieldType.COMPANY: N_("Company"),
    FieldType.DEAL: N_("Deal"),
}


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request, Form(given=dict.fromkeys(NEW, "") | {"type": "text"}))


async def create(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    try:
        async with transaction(request) as conn:
            made = await service.add(
                conn,
                viewer(request),
                NewField(
                    object=read.choice(fields, "object", OBJECTS),
                    type=FieldType(read.choice(fields, "type", TYPES)),
                    label=fields.get("label", ""),
                    labels={},
                    group=fields.get("group", ""),
                    options=read.words(fields.get("options", ""), most=500, longest=100),
                ),
            )
            await record(conn, request, "field.added", f"{made.object}.{made.key}")
    except REFUSALS as error:
        return await _page(request, refused(error, fields, NEW, at="label"), of=fields.get("object", ""))
    return see_other(request, f"/fields?object={made.object}&saved={made.id}#field-{made.id}")


async def move(request: web.Request) -> web.StreamResponse:
    """One place up or down, or right before another field."""
    typed = await form(request)
    async with transaction(request) as conn:
        field = await service.get(conn, ident(request))
        ids = [each.id for each in (await service.own(conn)).living(field.object)]
        before = read.number(typed, "before_id")
        at = ids.index(field.id) if field.id in ids else 0
        to = ids.index(before) - (ids.index(before) > at) if before in ids else at
        if typed.get("to") in ("up", "down"):
            to = min(max(at + (1 if typed["to"] == "down" else -1), 0), len(ids) - 1)
        ids.insert(to, ids.pop(at))
        await service.order(conn, viewer(request), field.object, ids)
    return see_other(request, f"/fields?object={field.object}#field-{field.id}")


async def take_found(request: web.Request) -> web.StreamResponse:
    """A key that forms sent becomes a text field; its values move into it by themselves."""
    typed = await form(request)
    async with transaction(request) as conn:
        object_, name = read.choice(typed, "object", OBJECTS), typed.get("name", "")
        if all((each.object, each.name) != (object_, name) for each in await usage.found(conn)):
            raise Invalid(N_("There is no such field."), field="name")
        new = NewField(object=object_, type=FieldType.TEXT, label=name, labels={}, alias=name)
        made = await service.add(conn, viewer(request), new)
        await record(conn, request, "field.added", f"{made.object}.{made.key}")
    return see_other(request, f"/fields?object={object_}&saved={made.id}#field-{made.id}")


async def set_aside(request: web.Request) -> web.StreamResponse:
    typed = await form(request)
    object_ = read.choice(typed, "object", OBJECTS)
    async with transaction(request) as conn:
        await usage.set_aside(conn, viewer(request), object_, typed.get("name", ""))
    return see_other(request, f"/fields?object={object_}")


async def record(conn: Conn, request: web.Request, action: str, target: str) -> None:
    await audit.record(conn, action, user_id=user(request).id, peer=peer(request), target=target)


def types() -> list[tuple[str, str]]:
    return [(each.value, gettext(label)) for each, label in TYPE_LABELS.items()]


async def _page(request: web.Request, shown: Form, *, of: str = "") -> web.Response:
    wanted = of or request.query.get("object", "")
    object_ = wanted if wanted in OBJECTS else "contact"
    async with transaction(request) as conn:
        own = await service.own(conn)
        found = [each for each in await usage.found(conn) if each.object == object_]
    values: dict[str, Any] = {
        "object": object_,
        "objects": [(each, gettext(LABELS[each]), len(own.living(each))) for each in OBJECTS],
        "own": own.living(object_),
        "retired": [each for each in own.of(object_) if each.is_retired],
        "types": types(),
        "type_names": dict(types()),
        "groups": sorted({each.group for each in own.of(object_)} - {""}),
        "found": found,
        "saved": request.query.get("saved", ""),
    }
    return form_page(request, "admin/fields.html", shown, **values)
