"""Planning an export and reading its rows: as the list shows them to whoever asks, batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import msgspec

from crm_core.catalogue import columns, listing
from crm_core.catalogue.columns import Place, Row
from crm_core.catalogue.listing import Listed
from crm_core.catalogue.model import Catalogue, Stored
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from hub.catalogue import current, terms
from hub.exporting import cells
from hub.exporting.cells import Cell
from hub.exporting.model import Asked, Plan
from hub.settings import Settings
from hub.wording.i18n import gettext, locale_context, use_locale
from values.errors import Invalid
from values.fields.model import FieldType
from values.filters.binding import bind
from values.filters.bound import EVERYTHING
from values.filters.reading import read
from values.sentences import english, phrase

BATCH: Final = 1_000
PLURALS: Final = {"companies": "company"}
DEFAULT_ORDER: Final = "-id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows; `place` is where the next ones begin, None at the end."""

    rows: list[Row]
    place: str | int | None


def object_named(catalogue: Catalogue, name: str) -> str:
    """The key of an object by its key or its plural, as `contacts`. Raises Invalid."""
    for key in (name, PLURALS.get(name, ""), name.removesuffix("s")):
        if key in catalogue:
            return key
    known = ", ".join(sorted(catalogue))
    raise Invalid(
        phrase("There is no object “{name}”; known are {known}.", name=name[:60], known=known), field="object"
    )


async def plan(conn: Conn, viewer: Viewer, settings: Settings, asked: Asked) -> Plan:
    """Raises Invalid for what there is not, and Forbidden for who may not see customers."""
    viewer.require_customers()
    catalogue = await current(conn)
    of = object_named(catalogue, asked.of)
    paths = [_path(of, each) for each in asked.fields] or [
        f"{of}.{key}" for key, each in catalogue[of].fields.items() if not each.is_retired
    ]
    where = EVERYTHING if asked.where is None else bind(read(asked.where), of, terms(settings, catalogue))
    places = tuple(columns.places(catalogue, of, paths[: columns.MOST] if not asked.fields else paths))
    listed = Listed(catalogue=catalogue, of=of, where=where, order=asked.order or DEFAULT_ORDER)
    return Plan(asked=asked, catalogue=catalogue, listed=listed, places=places, heads=_heads(asked, places))


async def count(conn: Conn, viewer: Viewer, plan: Plan, *, most: int = listing.MOST_COUNTED) -> int | None:
    """How many rows it will have; None where they are too many to be counted."""
    if plan.asked.ids is not None:
        return len(plan.asked.ids)
    found = await listing.count(conn, viewer, plan.listed, most=most)
    return None if found.is_more else found.number


async def batch(conn: Conn, viewer: Viewer, plan: Plan, place: str | int | None) -> Batch:
    """The rows from a place on; None is the beginning."""
    chosen = plan.asked.ids
    following: str | int | None
    if chosen is not None:
        at = int(place or 0)
        ids = list(chosen[at : at + BATCH])
        following = at + BATCH if at + BATCH < len(chosen) else None
    else:
        page = await listing.batch(conn, viewer, plan.listed, after=cast("str | None", place), limit=BATCH)
        ids, following = page.items, page.next
    rows = await columns.rows(conn, viewer, plan.catalogue, plan.listed.of, ids, plan.places)
    return Batch(rows=rows, place=following)


def beginning(plan: Plan, zone: ZoneInfo) -> bytes:
    """What stands before the first row of a text file."""
    if plan.asked.format != "csv":
        return b""
    return cells.BOM + cells.csv_lines([head(plan)], separator=plan.asked.separator, zone=zone)


def written(plan: Plan, rows: list[Row], zone: ZoneInfo) -> bytes:
    """The lines of these rows in a text file."""
    if plan.asked.format == "json":
        return cells.json_lines(rows, [place.path for place in plan.places])
    return cells.csv_lines(flat(plan, rows), separator=plan.asked.separator, zone=zone)


def head(plan: Plan) -> list[str]:
    with use_locale(locale_context(plan.asked.language or "en")):
        if not plan.asked.language:
            return cells.head(plan.places, plan.heads, lambda name: f"{name}.currency")
        return cells.head(
            plan.places, plan.heads, lambda name: gettext(phrase("{name}, currency", name=name))
        )


def flat(plan: Plan, rows: list[Row]) -> list[list[Cell]]:
    """The cells of these rows."""
    with use_locale(locale_context(plan.asked.language or "en")):
        if plan.asked.language:
            return [cells.flat(row, plan.places, gettext) for row in rows]
        return [cells.flat(row, plan.places, str) for row in rows]


def put_aside(plan: Plan, rows: list[Row]) -> bytes:
    """Cells for a workbook that is made at the end."""
    return msgspec.json.encode(flat(plan, rows), enc_hook=english)


def taken_up(plan: Plan, content: bytes) -> list[list[Cell]]:
    """What was put aside, each cell of its type."""
    readers = [reader for place in plan.places for reader in _readers(place)]
    given: list[list[Any]] = msgspec.json.decode(content)
    return [
        [None if cell is None else reader(cell) for cell, reader in zip(row, readers, strict=True)]
        for row in given
    ]


def _readers(place: Place) -> tuple[Any, ...]:
    match place.column.type:
        case FieldType.MONEY:
            return Decimal, str
        case FieldType.DATE:
            return (date.fromisoformat,)
        case FieldType.TIME:
            return (datetime.fromisoformat,)
        case FieldType.NUMBER if place.column.stored is Stored.NUMERIC:
            return (Decimal,)
        case _:
            return (_same,)


def _same(cell: Any) -> Any:
    return cell


def _path(of: str, given: str) -> str:
    return given if given.startswith(f"{of}.") else f"{of}.{given}"


def _heads(asked: Asked, places: tuple[Place, ...]) -> tuple[str, ...]:
    if not asked.language:
        return tuple(place.path for place in places)
    with use_locale(locale_context(asked.language)):
        return tuple(gettext(place.column.label) for place in places)
