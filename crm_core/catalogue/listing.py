"""The one list: rows of any object that pass a filter and that the viewer sees, in an order, by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crm_core.catalogue import change_store, store
from crm_core.catalogue.model import Catalogue
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Invalid
from values.fields.model import Field, FieldType
from values.filters.bound import EVERYTHING, Bound
from values.paging import LARGEST, Page, capped, decode, encode
from values.sentences import phrase

EVER: Final = "all"
"""The place before every change."""
MOST_COUNTED: Final = 10_000
"""Rows that are counted exactly, and that are sorted by a field without an index."""
SORTED: Final = frozenset(
    {FieldType.TEXT, FieldType.MAIL, FieldType.PHONE, FieldType.NUMBER, FieldType.DATE, FieldType.TIME}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Which rows: of an object, with a filter, by the key of a field, `-` before it for the largest first."""

    catalogue: Catalogue
    of: str
    where: Bound = EVERYTHING
    order: str = "-id"
    since: str | None = None
    """Instead of the order: what was changed since a place, `all` for everything; the pages name the next place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many rows; `is_more` where only so many were counted."""

    number: int
    is_more: bool = False


async def ids(
    conn: Conn, viewer: Viewer, listed: Listed, *, after: str | None = None, limit: int = 50
) -> Page[int]:
    """A page of ids; rows without a value of the order come last, and the newest first among equals.

    Raises Invalid for an order that there is not, for one over too many rows, and where the database takes too long.
    """
    if listed.since is not None:
        return await _changed(conn, viewer, listed, limit=capped(limit))
    return await _page(conn, viewer, listed, after=after, limit=capped(limit))


async def batch(conn: Conn, viewer: Viewer, listed: Listed, *, after: str | None, limit: int) -> Page[int]:
    """As `ids`, in larger pages: for what goes over all rows."""
    return await _page(conn, viewer, listed, after=after, limit=limit)


def is_sortable(column: Field) -> bool:
    """Whether lists may be sorted by it."""
    return column.is_asked and column.type in SORTED


async def _page(conn: Conn, viewer: Viewer, listed: Listed, *, after: str | None, limit: int) -> Page[int]:
    order = _order(listed)
    if not order.column.is_sorted and (await count(conn, viewer, listed)).is_more:
        raise Invalid(
            phrase(
                "More than {most} rows can only be sorted by {known}; narrow the list.",
                most=MOST_COUNTED,
                known=_quick(listed),
            ),
            field="order",
        )
    selection = store.Selection(listed.catalogue, listed.of, listed.where, viewer.scope())
    rows = await store.page(conn, selection, order, after=_place(after, listed.order), limit=limit + 1)
    cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        cursor = encode(listed.order, int(last.value is not None), last.value or "", last.id)
    return Page(items=[row.id for row in rows[:limit]], next=cursor)


async def _changed(conn: Conn, viewer: Viewer, listed: Listed, *, limit: int) -> Page[int]:
    """The next place is always given: whoever asks from there misses nothing, also where it is committed late."""
    place = change_store.Changed(-1, 0)
    if listed.since != EVER:
        place = change_store.Changed(*decode(listed.since or "", int, int))
    selection = store.Selection(listed.catalogue, listed.of, listed.where, viewer.scope())
    horizon = await change_store.horizon(conn)
    found = await change_store.after(conn, selection, place, limit=limit)
    end = found[-1] if found else place
    if len(found) < limit and horizon - 1 > end.tx:
        end = change_store.Changed(horizon - 1, LARGEST)
    return Page(items=[each.id for each in found], next=encode(end.tx, end.id))


async def count(conn: Conn, viewer: Viewer, listed: Listed, *, most: int = MOST_COUNTED) -> Count:
    """How many rows there are, counted up to `most`."""
    selection = store.Selection(listed.catalogue, listed.of, listed.where, viewer.scope())
    number = await store.count(conn, selection, limit=most + 1)
    return Count(number=min(number, most), is_more=number > most)


def _quick(listed: Listed) -> str:
    """The keys of the fields that any number of rows is sorted by."""
    fields = listed.catalogue[listed.of].fields.values()
    return ", ".join(f"“{each.key}”" for each in fields if each.is_sorted)


def _order(listed: Listed) -> store.Order:
    fields = listed.catalogue[listed.of].fields
    column = fields.get(listed.order.removeprefix("-"))
    if column is None or not is_sortable(column):
        known = ", ".join(each.key for each in fields.values() if is_sortable(each))
        raise Invalid(
            phrase("Sort by one of {known}; “-” before it is the largest first.", known=known), field="order"
        )
    return store.Order(column, listed.order.startswith("-"))


def _place(after: str | None, order: str) -> store.Place | None:
    """Where the page before ended; a cursor serves only the order that it was made for."""
    if after is None:
        return None
    made_for, is_filled, value, id_ = decode(after, str, int, str, int)
    if made_for != order:
        raise Invalid(
            phrase("This page address is of a list in another order; begin at the first page."), field="after"
        )
    return store.Place(value if is_filled else None, id_)
