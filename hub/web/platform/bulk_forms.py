"""What is done with many records, as its forms say it: the selection, the field and its new value, tags, a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from crm_core.acts.model import Record
from crm_core.bulk import service as bulk
from crm_core.bulk.model import Change, Task, Verb
from crm_core.catalogue.listing import Listed
from crm_core.catalogue.model import Catalogue, Column
from crm_core.deals import service as deals
from crm_core.sql import Conn
from crm_core.tasks.declared import KINDS
from crm_core.users.model import Viewer
from hub.catalogue import terms
from hub.settings import Settings
from hub.web import forms
from hub.wording.i18n import N_, gettext
from values.errors import Invalid
from values.fields.model import FieldType
from values.filters.binding import bind
from values.filters.errors import FilterInvalid
from values.filters.reading import read

MOST_IDS = 10_000
SELECTION = ("ids", "filter")
"""The hidden fields that name the records: these, or all that pass."""


def is_everything(fields: Mapping[str, str]) -> bool:
    """Whether all that pass the filter are meant."""
    return not fields.get("ids", "").strip()


def filter_of(fields: Mapping[str, str]) -> Mapping[str, Any]:
    """The filter of the list. Raises FilterInvalid."""
    try:
        return msgspec.json.decode(fields.get("filter", "") or "{}", type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        raise FilterInvalid(N_("The filter is not JSON.")) from None


async def chosen(
    conn: Conn, who: Viewer, settings: Settings, catalogue: Catalogue, of: Record, fields: Mapping[str, str]
) -> list[int]:
    """The records, as the list shows them now."""
    if not is_everything(fields):
        return forms.ids_in(fields["ids"], most=MOST_IDS)
    where = bind(read(filter_of(fields)), of, terms(settings, catalogue))
    return await bulk.select(conn, who, Listed(catalogue=catalogue, of=of, where=where))


async def options(conn: Conn, column: Column) -> forms.Options:
    """What is offered for a field; empty where it is typed."""
    if column.type is FieldType.USER:
        return await forms.managers(conn)
    if column.key == "stage":
        return [
            (stage.id, f"{line.name}: {stage.name}")
            for line in await deals.pipelines(conn)
            for stage in line.stages
        ]
    if column.type is FieldType.YES_NO:
        return [("1", gettext(N_("Yes"))), ("0", gettext(N_("No")))]
    return [(each.key, gettext(each.label)) for each in column.options if each.key != "call_back"]


async def change(
    conn: Conn, who: Viewer, verb: Verb, fields: Mapping[str, str], column: Column | None
) -> Change:
    """What the form asks for. Raises Invalid."""
    match verb:
        case "set":
            if column is None:
                raise Invalid(N_("Choose a field and its new value."), field="field")
            return Change(verb="set", values={column.key: await _value(conn, who, column, fields)})
        case "tag":
            add, remove = forms.words(fields.get("add", "")), forms.words(fields.get("remove", ""))
            return Change(verb="tag", add=tuple(add), remove=tuple(remove))
        case "task":
            kinds = [kind for kind in KINDS if kind != "call_back"]
            task = Task(
                title=fields.get("title", ""),
                kind=forms.choice(fields, "kind", kinds),
                note=fields.get("note", ""),
                assignee_id=forms.number(fields, "assignee"),
                due_at=forms.moment(fields, "due_at"),
            )
            return Change(verb="task", task=task)
        case "delete" | "restore":
            return Change(verb=verb)


async def _value(conn: Conn, who: Viewer, column: Column, fields: Mapping[str, str]) -> Any:
    typed = fields.get("value", "").strip()
    if column.type is FieldType.MONEY:
        minor, currency = forms.money(fields)
        return {"minor": minor, "currency": currency}
    if not typed:
        return None
    if column.type is FieldType.COMPANY and not column.own:
        return await forms.company(conn, who, fields, "value")
    match column.type:
        case (
            FieldType.USER
            | FieldType.PERSON
            | FieldType.DEAL
            | FieldType.COMPANY
            | FieldType.FILE
            | FieldType.RECORD
        ):
            return forms.number(fields, "value")
        case FieldType.CHOICE | FieldType.CHOICES:
            key = forms.id_in(typed)
            found = typed if key is None else key
            return [found] if column.type is FieldType.CHOICES else found
        case FieldType.YES_NO:
            return typed == "1"
        case FieldType.TIME:
            return forms.moment(fields, "value")
        case FieldType.DATE:
            return forms.day(fields, "value").isoformat()
        case _:
            return typed
