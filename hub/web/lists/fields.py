"""What the filter builder offers: fields with their operators, choices, and records found by name."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from crm_core.catalogue import columns, listing
from crm_core.catalogue.listing import Listed
from crm_core.catalogue.model import Catalogue, Table
from crm_core.companies import service as companies
from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from hub.catalogue import current, terms
from hub.web.context import runtime, transaction, viewer
from hub.web.lists import words
from hub.wording.i18n import N_, gettext
from values.fields.model import Field, FieldType
from values.filters.binding import bind
from values.filters.model import Condition
from values.filters.operators import operators

FEW: Final = ("user", "stage", "pipeline", "channel")
"""Objects with so few records that all of them are offered."""
MOST: Final = 200
MOST_FOUND: Final = 12
NUMBERS: Final = frozenset({"<", "<=", ">", ">="})
POINTS: Final = frozenset({"on", "before", "since"})
PERIODS: Final = frozenset({"during", "not during", "anniversary"})
LISTS: Final = frozenset({"in", "not in", "has", "has all", "has none"})
REFERENCES: Final = frozenset(
    {FieldType.USER, FieldType.PERSON, FieldType.COMPANY, FieldType.DEAL, FieldType.RECORD}
)
TEXTS: Final = {
    "all": N_("All of these"),
    "any": N_("Any of these"),
    "condition": N_("Condition"),
    "group": N_("Group"),
    "field": N_("Field"),
    "operator": N_("How it is compared"),
    "value": N_("Value"),
    "currency": N_("Currency"),
    "remove": N_("Remove"),
    "has": N_("has any"),
    "has_none": N_("has none"),
    "count": N_("how many"),
    "number": N_("Number"),
    "unit": N_("Unit"),
    "last": N_("the last …"),
    "next": N_("the next …"),
    "between": N_("between two days"),
    "date": N_("on a day"),
    "ago": N_("… ago"),
    "ahead": N_("in …"),
    "from": N_("From"),
    "to": N_("To"),
    "yes": N_("yes"),
    "no": N_("no"),
    "unknown": N_("Choose a field from the list."),
    "unnamed": N_("Choose one from the list."),
    "commas": N_("several, separated by commas"),
    "kept": N_("A condition that only the address can change"),
}


async def show(request: web.Request) -> web.StreamResponse:
    """Everything that filters of an object can be made of, as JSON."""
    async with transaction(request) as conn:
        catalogue = await current(conn)
        few = {key: await _records(conn, request, catalogue, key) for key in FEW if key in catalogue}
    return web.json_response(
        {
            "objects": {key: _object(catalogue, table, few) for key, table in catalogue.items()},
            "operators": {op: gettext(label) for op, label in words.OPERATORS.items()},
            "periods": [[key, gettext(label)] for key, label in words.PERIODS.items()],
            "units": [[key, gettext(label)] for key, label in words.UNITS.items()],
            "texts": {key: gettext(text) for key, text in TEXTS.items()},
            "currency": terms(runtime(request).settings, catalogue).currency,
        }
    )


async def find(request: web.Request) -> web.StreamResponse:
    """Records by words of their names, for the fields that point at them; `ids` asks the names of known ones."""
    of, query = request.match_info["of"], request.query.get("q", "").strip()[:100]
    async with transaction(request) as conn:
        catalogue = await current(conn)
        found = await _named(conn, request, catalogue, of, query)
    return web.json_response([{"id": id_, "name": name} for id_, name in found])


async def _named(
    conn: Conn, request: web.Request, catalogue: Catalogue, of: str, query: str
) -> list[tuple[int, str]]:
    if query and of in ("contact", "company"):
        search = contacts.list_contacts if of == "contact" else companies.list_companies
        page = await search(conn, viewer(request), query=query, limit=MOST_FOUND)
        return [(hit.id, hit.name) for hit in page.items]
    return await _records(conn, request, catalogue, of, query=query, most=MOST_FOUND)


async def _records(
    conn: Conn, request: web.Request, catalogue: Catalogue, of: str, *, query: str = "", most: int = MOST
) -> list[tuple[int, str]]:
    path = f"{of}.{catalogue[of].title}"
    listed = Listed(catalogue=catalogue, of=of, order="id")
    if query:
        where = bind(Condition(path, "contains", query), of, terms(runtime(request).settings, catalogue))
        listed = Listed(catalogue=catalogue, of=of, where=where, order="-id")
    found = await listing.ids(conn, viewer(request), listed, limit=most)
    places = columns.places(catalogue, of, [path])
    rows = await columns.rows(conn, viewer(request), catalogue, of, found.items, places)
    return [(row.id, gettext(str(row.values[0] or ""))) for row in rows]


def _object(catalogue: Catalogue, table: Table, few: dict[str, list[tuple[int, str]]]) -> dict[str, Any]:
    return {
        "label": gettext(table.label),
        "fields": [_field(table, each, few) for each in table.fields.values() if each.is_asked],
        "relations": [
            {"key": link.key, "label": gettext(link.label), "target": link.target, "many": link.is_many}
            for link in table.relations.values()
        ],
    }


def _field(table: Table, field: Field, few: dict[str, list[tuple[int, str]]]) -> dict[str, Any]:
    link = table.relations.get(field.key)
    target = link.target if link is not None and not link.is_many else ""
    choices = [[option.key, gettext(option.label)] for option in field.options if not option.is_retired]
    if not choices and target in few:
        choices = [[id_, name] for id_, name in few[target]]
    return {
        "key": field.key,
        "label": gettext(field.label),
        "type": field.type.value,
        "target": target,
        "choices": choices,
        "ops": [[op, _kind(field, op, has_choices=bool(choices))] for op in operators(field.type)],
    }


def _kind(field: Field, op: str, *, has_choices: bool) -> str:
    """Which input an operator has."""
    if op in ("filled", "empty"):
        return "none"
    if op in PERIODS:
        return "period"
    if op in POINTS:
        return "point"
    if has_choices:
        return "choices" if op in LISTS else "choice"
    if field.type in REFERENCES:
        return "records" if op in LISTS else "record"
    plain = {FieldType.NUMBER: "number", FieldType.MONEY: "money", FieldType.YES_NO: "yes_no"}.get(
        field.type, "text"
    )
    return f"{plain}s" if op in LISTS else plain
