"""Values of rows, column by column: what lists show and exports write. A path is as in filters, over to-one relations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NoReturn, TypeAlias, cast

from crm_core.catalogue import column_store as store
from crm_core.catalogue.model import Catalogue, Column, Stored
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Invalid
from values.fields.model import FieldType, Money
from values.sentences import phrase

FARTHEST: Final = 4
MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Named:
    """What a field points at: a record or an option. `name` is empty where the viewer does not see the record."""

    id: int | str
    name: str


Value: TypeAlias = str | int | Decimal | bool | date | datetime | Money | Named | tuple[int | str, ...] | None
"""By the field's type, as `FieldType` says; users, people, companies and deals with their names."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column of a list stands: to-one relations to go over, and the field at their end."""

    path: str
    hops: tuple[str, ...]
    column: Column


@dataclass(frozen=True, slots=True)
class Row:
    """One row, its values in the order of the columns that were asked for."""

    id: int
    values: tuple[Value, ...]


def places(catalogue: Catalogue, of: str, paths: Sequence[str]) -> list[Place]:
    """Columns by their paths, as `deal.contact.name`. Raises Invalid for one that there is not."""
    if len(paths) > MOST:
        raise Invalid(phrase("A list shows at most {most} columns.", most=MOST), field="fields")
    return [_place(catalogue, of, path) for path in paths]


async def rows(
    conn: Conn, viewer: Viewer, catalogue: Catalogue, of: str, ids: Sequence[int], columns: Sequence[Place]
) -> list[Row]:
    """These rows in this order, without those that the viewer does not see. One statement, whatever the columns."""
    asked = [store.Asked(each.hops, each.column, _named(catalogue, of, each)) for each in columns]
    found = await store.values(conn, catalogue, of, asked, ids, scope=viewer.scope())
    return [Row(id_, tuple(_read(*each) for each in zip(columns, raw, strict=True))) for id_, raw in found]


def _place(catalogue: Catalogue, of: str, path: str) -> Place:
    first, *steps = path.split(".")
    at = catalogue[of]
    if first != of or not steps or len(steps) > FARTHEST + 1:
        raise Invalid(
            phrase("“{path}” is no field here; a path begins with “{object}.”.", path=path[:80], object=of),
            field="fields",
        )
    *hops, key = steps
    for hop in hops:
        link = at.relations.get(hop)
        if link is None or link.is_many:
            _unknown(hop, at.key)
        at = catalogue[link.target]
    column = at.fields.get(key)
    if column is None:
        _unknown(key, at.key)
    return Place(path, tuple(hops), column)


def _unknown(key: str, of: str) -> NoReturn:
    raise Invalid(phrase("There is no field “{key}” of {object}.", key=key[:80], object=of), field="fields")


def _named(catalogue: Catalogue, of: str, place: Place) -> tuple[str, ...]:
    """The hops to the record that the field points at, where the relation has the field's key."""
    at = catalogue[of]
    for hop in place.hops:
        at = catalogue[at.relations[hop].target]
    link = at.relations.get(place.column.key)
    if link is None or link.is_many or not catalogue[link.target].title:
        return ()
    return (*place.hops, place.column.key)


def _read(place: Place, raw: store.Raw) -> Value:
    value, column = raw.value, place.column
    if value is None or value in ("", [], ()):
        return None
    if column.type is FieldType.MONEY:
        return Money(minor=int(cast("int", value)), currency=raw.currency or "") if raw.currency else None
    if raw.is_named:
        return Named(cast("int", value), raw.name or "")
    return _plain(value, column)


def _plain(value: object, column: Column) -> Value:
    match column.stored:
        case Stored.ISO if column.type is FieldType.DATE:
            return date.fromisoformat(cast("str", value))
        case Stored.ISO if column.type is FieldType.TIME:
            return datetime.fromisoformat(cast("str", value))
        case Stored.TEXTS | Stored.JSON:
            return tuple(cast("list[int | str]", value))
        case _:
            return cast("Value", value)


__all__ = ["Named", "Place", "Row", "Value", "places", "rows"]
