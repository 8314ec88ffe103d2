"""The page of one own field: its names, its place, where it is needed, its options, where it is used, retiring it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from crm_core.deals import service as deals
from crm_core.fields import service, usage
from crm_core.fields.model import CHOSEN, COLORS, FieldChanges, NewOption, OwnField
from crm_core.sql import Conn
from hub.web import forms as read
from hub.web import own_fields, versions
from hub.web.admin.fields import LABELS, TYPE_LABELS, record
from hub.web.context import form, ident, transaction, viewer
from hub.web.forms import REFUSALS, Form, form_page, fresh, refused
from hub.web.render import see_other
from hub.wording.i18n import N_, gettext

TRANSLATED: Final = (("ru", "Русский"), ("km", "ខ្មែរ"))
COLOR_NAMES: Final = {
    "": N_("No colour"),
    "gray": N_("Grey"),
    "red": N_("Red"),
    "orange": N_("Orange"),
    "yellow": N_("Yellow"),
    "green": N_("Green"),
    "teal": N_("Teal"),
    "blue": N_("Blue"),
    "purple": N_("Purple"),
    "pink": N_("Pink"),
}


async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        field = await service.get(conn, ident(request))
        given = await _given(conn, request, field)
    return await _page(request, fresh(given))


async def save(request: web.Request) -> web.StreamResponse:
    fields = own_fields.collected(await form(request))
    id_ = ident(request)
    async with transaction(request) as conn:
        shown_field = await service.get(conn, id_)
        names = await _given(conn, request, shown_field)
    try:
        async with transaction(request) as conn:
            await versions.alone(conn, "field", id_)
            field = await service.get(conn, id_)
            versions.check(fields, await _given(conn, request, field))
            await service.change(conn, viewer(request), id_, await _changes(conn, request, field, fields))
            await record(conn, request, "field.changed", f"{field.object}.{field.key}")
    except REFUSALS as error:
        shown = refused(error, fields, names, at="label", aliases={"preset": f"fields.{shown_field.key}"})
        return await _page(request, shown)
    return see_other(request, f"/fields/{id_}?saved=1")


async def retire(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        field = await service.get(conn, ident(request))
        await service.retire(conn, viewer(request), field.id)
        await record(conn, request, "field.retired", f"{field.object}.{field.key}")
    return see_other(request, f"/fields/{field.id}")


async def restore(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        field = await service.get(conn, ident(request))
        await service.restore(conn, viewer(request), field.id)
        await record(conn, request, "field.restored", f"{field.object}.{field.key}")
    return see_other(request, f"/fields/{field.id}")


async def add_option(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    try:
        async with transaction(request) as conn:
            await service.add_option(conn, viewer(request), ident(request), _option(fields))
    except REFUSALS as error:
        return await _again(request, error, fields)
    return see_other(request, f"/fields/{ident(request)}#options")


async def save_option(request: web.Request) -> web.StreamResponse:
    """Its names and colour, its place, or whether it is offered: by the button that was pressed."""
    fields, id_, option_id = await form(request), ident(request), ident(request, "option_id")
    who = viewer(request)
    try:
        async with transaction(request) as conn:
            match fields.get("do", "save"):
                case "retire":
                    await service.retire_option(conn, who, id_, option_id)
                case "restore":
                    await service.restore_option(conn, who, id_, option_id)
                case "up" | "down" as to:
                    ids = [each.id for each in (await service.get(conn, id_)).options]
                    at = ids.index(option_id) if option_id in ids else 0
                    ids.insert(max(at + (1 if to == "down" else -1), 0), ids.pop(at))
                    await service.order_options(conn, who, id_, ids)
                case _:
                    await service.change_option(conn, who, id_, option_id, _option(fields))
    except REFUSALS as error:
        return await _again(request, error, fields)
    return see_other(request, f"/fields/{id_}#option-{option_id}")


def _option(fields: Mapping[str, str]) -> NewOption:
    labels = {language: fields.get(f"label_{language}", "") for language, _ in TRANSLATED}
    return NewOption(
        label=fields.get("option", ""),
        labels=labels,
        color=read.choice({"color": "", **fields}, "color", COLORS),
    )


async def _again(request: web.Request, error: Any, fields: Mapping[str, str]) -> web.StreamResponse:
    async with transaction(request) as conn:
        given = await _given(conn, request, await service.get(conn, ident(request)))
    option = refused(error, fields, ("option",), at="option", aliases={"label": "option"})
    page = fresh(given)
    return await _page(
        request,
        Form(given=given, version=page.version, status=option.status),
        option_problem=next(iter(option.problems.values())),
    )


async def _given(conn: Conn, request: web.Request, field: OwnField) -> dict[str, str]:
    own = await own_fields.of(conn, request, field.object, {field.key: field.preset})
    name = f"fields.{field.key}"
    return {
        "label": field.label,
        **{f"label_{language}": field.labels.get(language, "") for language, _ in TRANSLATED},
        "group": field.group,
        "required_at": ", ".join(map(str, field.required_at)),
        name: own.given.get(name, ""),
    }


async def _changes(
    conn: Conn, request: web.Request, field: OwnField, fields: Mapping[str, str]
) -> FieldChanges:
    labels = {
        language: label for language, label in field.labels.items() if language not in dict(TRANSLATED)
    } | {language: fields.get(f"label_{language}", "") for language, _ in TRANSLATED}
    preset = await own_fields.read_form(
        conn, request, field.object, fields, {field.key: field.preset}, only=field.key
    )
    stages = read.ids_in(
        ",".join(name.removeprefix("stage.") for name in fields if name.startswith("stage."))
    )
    return FieldChanges(
        label=fields.get("label", ""),
        labels=labels,
        group=fields.get("group", ""),
        preset=preset.get(field.key, field.preset),
        required_at=stages if field.object == "deal" else (),
    )


async def _page(request: web.Request, shown: Form, *, option_problem: str = "") -> web.Response:
    async with transaction(request) as conn:
        field = await service.get(conn, ident(request))
        own = await own_fields.of(conn, request, field.object, {field.key: field.preset})
        used = await usage.of(conn, viewer(request), field)
        pipelines = await deals.pipelines(conn) if field.object == "deal" else []
    return form_page(
        request,
        "admin/field.html",
        shown,
        field=field,
        is_choice=field.type in CHOSEN,
        boxes=[box for box in own.boxes if box.name == f"fields.{field.key}"],
        used=used,
        pipelines=pipelines,
        object_label=gettext(LABELS[field.object]),
        type_label=gettext(TYPE_LABELS.get(field.type, field.type.value)),
        languages_of=TRANSLATED,
        colors=[(key, gettext(label)) for key, label in COLOR_NAMES.items()],
        option_problem=option_problem,
        saved="saved" in request.query,
    )
