"""Customers' own fields in forms: their boxes, what stands in them, and the change that is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from aiohttp import web

from crm_core.fields import laying, service, showing, taking
from crm_core.fields.model import POINTING, OwnField
from crm_core.fields.taking import Habits
from crm_core.history.model import Changed
from crm_core.sql import Conn
from hub.web import forms as read
from hub.web import moments
from hub.web.context import runtime, viewer
from hub.web.own_lines import Line, Names, Places, further, line
from hub.wording.i18n import N_, current, gettext
from values.errors import Invalid
from values.fields.model import FieldType

PREFIX: Final = "fields."
REFERENCE: Final = re.compile(r"(?:.*[#/])?(\d{1,18})")
INPUTS: Final = {
    FieldType.LONG_TEXT: "textarea",
    FieldType.LINK: "url",
    FieldType.MAIL: "email",
    FieldType.PHONE: "tel",
    FieldType.DATE: "day",
    FieldType.TIME: "moment",
    FieldType.YES_NO: "select",
    FieldType.CHOICE: "select",
    FieldType.USER: "select",
    FieldType.CHOICES: "checks",
}
"""How each type is typed; others as a line of text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A field of a form. `options` are what a list offers, `chosen` the ids of those that are ticked."""

    name: str
    label: str
    kind: str
    group: str
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Own fields of a record: what its card shows, the boxes of its form and what stands in them."""

    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]
    given: dict[str, str]
    extra: Mapping[str, Any]


NOTHING: Final = Own(lines=(), boxes=(), given={}, extra={})


async def of(conn: Conn, request: web.Request, object: str, fields: Mapping[str, Any]) -> Own:
    """What templates need; `fields` by key, as records tell them."""
    own = (await service.own(conn)).living(object)
    values = [(each, fields.get(each.key)) for each in own]
    names = await service.names(conn, viewer(request), values)
    people = await read.managers(conn) if any(each.type is FieldType.USER for each in own) else ()
    extra = laying.further(own, fields)
    lines = [line(each, value, names) for each, value in values if value is not None]
    return Own(
        lines=(*lines, *(further(name, value, own) for name, value in extra.items())),
        boxes=tuple(_box(each, fields.get(each.key), people) for each in own),
        given={PREFIX + each.key: _typed(each, value, names) for each, value in values},
        extra=extra,
    )


async def by_place(conn: Conn) -> Places:
    """Own fields by where their values stand, as the history names them: `fields.<place>`."""
    return {each.place: each for each in (await service.own(conn)).all}


async def names_of(conn: Conn, request: web.Request, own: Places, changes: Sequence[Changed]) -> Names:
    """Names of records that values of the history point at."""
    found = [(own.get(each.field.removeprefix("fields.")), each) for each in changes]
    values = [(field, value) for field, each in found if field is not None for value in (each.old, each.new)]
    return await service.names(conn, viewer(request), values)


def collected(fields: Mapping[str, str]) -> dict[str, str]:
    """What a form sent, ticked boxes (`fields.<key>.<option>`) as one text."""
    found = dict(fields)
    for name in fields:
        head, _, option = name.rpartition(".")
        if head.startswith(PREFIX) and option.isdigit() and head in found:
            found[head] = f"{found[head]}, {option}".removeprefix(", ")
    return found


async def read_form(
    conn: Conn,
    request: web.Request,
    object: str,
    fields: Mapping[str, str],
    present: Mapping[str, Any],
    *,
    only: str = "",
) -> dict[str, Any]:
    """The change that a form asks for: of each field that it names and that differs. Raises Invalid at the field."""
    own = [each for each in (await service.own(conn)).living(object) if only in ("", each.key)]
    names = await service.names(conn, viewer(request), [(each, present.get(each.key)) for each in own])
    changes: dict[str, Any] = {}
    for each in own:
        typed = fields.get(PREFIX + each.key)
        if typed is not None and typed.strip() != _typed(each, present.get(each.key), names):
            changes[each.key] = _read(each, typed.strip(), runtime(request).settings.region)
    return changes


def _read(field: OwnField, typed: str, region: str) -> Any:
    at = PREFIX + field.key
    if not typed:
        return None
    match field.type:
        case FieldType.DATE:
            day = read.any_day({at: typed}, at)
            return day.isoformat() if day else None
        case FieldType.TIME:
            when = read.moment({at: typed}, at)
            return when.isoformat() if when else None
        case FieldType.PERSON | FieldType.COMPANY | FieldType.DEAL:
            reference = REFERENCE.fullmatch(typed)
            if reference is None:
                raise Invalid(N_("Paste the link of the record, or its number."), field=at)
            return int(reference[1])
        case FieldType.PHONE:
            try:
                return taking.take(field, typed, Habits(region=region))
            except Invalid as error:
                raise Invalid(error.args[0], field=at) from None
        case _:
            return typed


def _typed(field: OwnField, value: Any, names: Names) -> str:
    """A value as its box shows it."""
    if value is None:
        return ""
    match field.type:
        case FieldType.YES_NO:
            return "yes" if value else "no"
        case FieldType.CHOICES:
            return ", ".join(map(str, cast("list[Any]", value)))
        case FieldType.MONEY:
            return showing.amount(value)
        case FieldType.DATE:
            return moments.day_input(date.fromisoformat(value))
        case FieldType.TIME:
            return moments.moment_input(datetime.fromisoformat(value))
        case FieldType.PERSON | FieldType.COMPANY | FieldType.DEAL:
            return f"{names.get((POINTING[field.type], value), '')} #{value}".strip()
        case _:
            return str(value)


def _box(field: OwnField, value: Any, people: Sequence[tuple[str | int, str]]) -> Box:
    return Box(
        name=PREFIX + field.key,
        label=field.named(current().language),
        kind=INPUTS.get(field.type, "text"),
        group=field.group,
        help=gettext(HELP[field.type]) if field.type in HELP else "",
        options=_options(field, value, people),
        is_number=field.type is FieldType.NUMBER,
    )


def _options(
    field: OwnField, value: Any, people: Sequence[tuple[str | int, str]]
) -> tuple[tuple[str, str], ...]:
    match field.type:
        case FieldType.YES_NO:
            return ("", "—"), ("yes", gettext("Yes")), ("no", gettext("No"))
        case FieldType.USER:
            return tuple((str(id_), name) for id_, name in people)
        case FieldType.CHOICE | FieldType.CHOICES:
            there = cast("list[Any]", value) if isinstance(value, list) else [value]
            language = current().language
            offered = tuple(
                (str(each.id), each.named(language))
                for each in field.options
                if not each.is_retired or each.id in there
            )
            return offered if field.type is FieldType.CHOICES else (("", "—"), *offered)
        case _:
            return ()


HELP: Final = {
    FieldType.MONEY: N_("An amount with its currency, for example 1250.50 USD."),
    FieldType.ANNIVERSARY: N_("A date; the year may be left out: 31.05."),
    FieldType.PERSON: N_("Paste the link of the record, or its number."),
    FieldType.COMPANY: N_("Paste the link of the record, or its number."),
    FieldType.DEAL: N_("Paste the link of the record, or its number."),
}
