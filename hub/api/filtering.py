"""`filter=` and `order=` of lists: any condition over the catalogue, in the one JSON form of filters."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from crm_core.catalogue import columns, listing
from crm_core.catalogue.listing import Listed
from hub.api.endpoint import Call
from hub.api.shapes import After, Limit
from hub.catalogue import current, terms
from hub.exporting.cells import typed
from values.errors import Invalid
from values.filters.binding import bind
from values.filters.errors import FilterInvalid
from values.filters.reading import read
from values.sentences import phrase

FilterText = Annotated[
    str,
    Meta(
        max_length=7_000,
        description='JSON as `{"all": [["deal.amount", ">=", 500], {"any": [...]}]}`; GET /fields names paths and operators.',
    ),
]
OrderKey = Annotated[
    str, Meta(max_length=60, description="The key of a field, `-` before it for the largest first.")
]
Columns = Annotated[
    str,
    Meta(
        max_length=4_000,
        description="Paths of columns, separated by commas, as `name,company.name`: then the items hold these alone.",
    ),
]
Since = Annotated[
    str,
    Meta(
        max_length=400,
        description="`all`, or `next` of the answer before: what was changed since, in the order of change. `next` is always"
        " there; nothing is skipped, also where it was committed late.",
    ),
]
DEFAULT: Final = "-id"


class FilteredQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What lists with a filter have in common. `filter` and `order` stand without the other conditions of the list."""

    filter: FilterText = ""
    order: OrderKey = ""
    fields: Columns = ""
    updated_since: Since = ""
    after: After | None = None
    limit: Limit = 50


class RowPage(msgspec.Struct, kw_only=True):
    """Rows of the columns that `fields` names: `id`, and each value by its path. Whom a field points at comes as `id` and
    `name`, an amount as `minor` and `currency`."""

    items: list[dict[str, Any]]
    next: str | None = None


async def listed(call: Call, of: str) -> Listed | None:
    """What a request asks of the one list; None where it asks for none of what that has. Raises Invalid."""
    query: FilteredQuery = call.query
    if not (query.filter or query.order or query.fields or query.updated_since):
        return None
    own = {field.name for field in msgspec.structs.fields(FilteredQuery)}
    for each in msgspec.structs.fields(query):
        if each.name not in own and getattr(query, each.name) != each.default:
            raise Invalid(
                phrase("Beside “filter” and “order”, say “{key}” in the filter.", key=each.name),
                field=each.name,
            )
    catalogue = await current(call.conn)
    where = bind(read(_decoded(query.filter)), of, terms(call.runtime.settings, catalogue))
    return Listed(
        catalogue=catalogue,
        of=of,
        where=where,
        order=query.order or DEFAULT,
        since=query.updated_since or None,
    )


async def rows(call: Call, of: str) -> RowPage | None:
    """The page of a list whose request names `fields`; None for one that wants whole records. Raises Invalid."""
    query: FilteredQuery = call.query
    if not query.fields:
        return None
    wanted = await listed(call, of)
    assert wanted is not None
    paths = [each.strip() for each in query.fields.split(",") if each.strip()]
    full = [path if path.startswith(f"{of}.") else f"{of}.{path}" for path in paths]
    places = columns.places(wanted.catalogue, of, full)
    page = await listing.ids(call.conn, call.viewer, wanted, after=query.after, limit=query.limit)
    found = await columns.rows(call.conn, call.viewer, wanted.catalogue, of, page.items, places)
    items = [
        {"id": row.id, **{path: typed(value) for path, value in zip(paths, row.values, strict=True)}}
        for row in found
    ]
    return RowPage(items=items, next=page.next)


def _decoded(text: str) -> object:
    if not text:
        return {}
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise FilterInvalid(phrase("The filter is not JSON.")) from None
