"""`filter=` and `order=` of lists: any condition over the catalogue, in the one JSON form of filters."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from crm_core.catalogue.listing import Listed
from hub.api.endpoint import Call
from hub.api.shapes import After, Limit
from hub.catalogue import current, terms
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
DEFAULT: Final = "-id"


class FilteredQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What lists with a filter have in common. `filter` and `order` stand without the other conditions of the list."""

    filter: FilterText = ""
    order: OrderKey = ""
    after: After | None = None
    limit: Limit = 50


async def listed(call: Call, of: str) -> Listed | None:
    """What a request asks of the one list; None where it gives neither `filter` nor `order`. Raises Invalid."""
    query: FilteredQuery = call.query
    if not query.filter and not query.order:
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
    return Listed(catalogue=catalogue, of=of, where=where, order=query.order or DEFAULT)


def _decoded(text: str) -> object:
    if not text:
        return {}
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise FilterInvalid(phrase("The filter is not JSON.")) from None
