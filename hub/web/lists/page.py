"""The list: its page, the rows further down, its number of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from aiohttp import web

from crm_core.catalogue import columns, listing
from crm_core.catalogue.columns import Place, Row
from crm_core.catalogue.listing import Listed
from crm_core.catalogue.model import Catalogue
from crm_core.companies import service as companies
from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from crm_core.views import service as views
from hub.catalogue import current, terms
from hub.web import forms
from hub.web.context import is_fragment, runtime, transaction, user, viewer
from hub.web.lists import words
from hub.web.lists.shapes import SHAPES
from hub.web.lists.state import Base, State, asked, bases
from hub.web.render import page
from values.errors import Invalid
from values.filters.binding import bind
from values.filters.errors import FilterInvalid
from values.filters.model import All, AnyOf, Condition, Filter
from values.paging import Page

SIZE: Final = 50
MOST_FOUND: Final = 200
"""Records that a search of words finds."""
EXACT: Final = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A list as it is drawn."""

    state: State
    places: list[Place]
    rows: list[Row]
    next: str | None
    problem: str = ""
    faulty: int = -1


async def show(request: web.Request) -> web.StreamResponse:
    of = object_of(request)
    async with transaction(request) as conn:
        catalogue = await current(conn)
        saved = await views.of_object(conn, user(request), of)
        tabs = bases(SHAPES[of], saved, user(request).id)
        shown = await _shown(conn, request, asked(of, request.query, tabs), catalogue)
        names = {} if is_more(request) else await _names(conn, request, shown.state, catalogue)
    values: dict[str, Any] = {
        "shown": shown,
        "state": shown.state,
        "shape": shown.state.shape,
        "catalogue": catalogue,
    }
    if is_more(request):
        return page(request, "lists/rows.html", **values)
    told = words.Told(catalogue, names)
    chips = [words.chip(item, of, told) for item in shown.state.items]
    offered = _offered(catalogue, of, shown.state)
    return page(
        request,
        "lists/list.html",
        tabs=tabs,
        chips=chips,
        offered=offered,
        labels=_label(catalogue, of),
        sortable=listing.is_sortable,
        count_at=count_address(shown.state),
        earlier=_earlier(tabs, shown.state),
        removed=forms.id_in(request.query.get("removed", "")),
        **values,
    )


def _earlier(tabs: Sequence[Base], state: State) -> str:
    """One's own views as they stand once the open one has moved to the left; empty where it cannot."""
    own = [tab.key for tab in tabs if tab.saved is not None and tab.saved.is_own]
    at = own.index(state.base.key) if state.base.key in own else 0
    if not at:
        return ""
    own[at - 1], own[at] = own[at], own[at - 1]
    return ",".join(own)


async def count(request: web.Request) -> web.StreamResponse:
    """How many rows a list has, in words: exact up to a bound unless `exact` is asked."""
    of = object_of(request)
    async with transaction(request) as conn:
        catalogue = await current(conn)
        tabs = bases(SHAPES[of], await views.of_object(conn, user(request), of), user(request).id)
        state = asked(of, request.query, tabs)
        listed = await listed_of(conn, request, state, catalogue)
        most = EXACT if "exact" in request.query else listing.MOST_COUNTED
        found = await listing.count(conn, viewer(request), listed, most=most)
    return page(request, "lists/count.html", found=found, state=state, exact=count_address(state, "exact=1"))


def count_address(state: State, more: str = "") -> str:
    """The address of a list's number of rows."""
    _, _, query = state.address().partition("?")
    return f"/lists/{state.shape.of}/count?" + "&".join(part for part in (more, query) if part)


def is_more(request: web.Request) -> bool:
    return is_fragment(request) and "after" in request.query


def object_of(request: web.Request) -> str:
    """The object whose list an address is of."""
    if given := request.match_info.get("of"):
        return given
    return next(shape.of for shape in SHAPES.values() if shape.path == request.path)


async def listed_of(conn: Conn, request: web.Request, state: State, catalogue: Catalogue) -> Listed:
    """What the list asks of the catalogue. Raises FilterInvalid."""
    if state.problem is not None:
        raise state.problem
    of = state.shape.of
    bound_to = terms(runtime(request).settings, catalogue)
    bind(state.filter, of, bound_to)  # its places, before anything stands around it
    where = bind(await _narrowed(conn, request, state), of, bound_to)
    return Listed(catalogue=catalogue, of=of, where=where, order=state.order)


async def _narrowed(conn: Conn, request: web.Request, state: State) -> Filter:
    """The filter, and the words of the search box."""
    if not state.query:
        return state.filter
    of = state.shape.of
    if state.shape.found:
        found = AnyOf(tuple(Condition(path, "contains", state.query) for path in state.shape.found))
        return All((state.filter, found))
    search = contacts.list_contacts if of == "contact" else companies.list_companies
    hits = await search(conn, viewer(request), query=state.query, limit=MOST_FOUND)
    ids = [hit.id for hit in hits.items]
    hit = Condition(f"{of}.id", "in", ids) if ids else Condition(f"{of}.id", "empty")
    return All((state.filter, hit))


async def _shown(conn: Conn, request: web.Request, state: State, catalogue: Catalogue) -> Shown:
    of, problem, faulty = state.shape.of, "", -1
    try:
        places = columns.places(catalogue, of, state.columns)
    except Invalid as error:
        problem = str(error)
        state = replace(state, columns=state.shape.columns)
        places = columns.places(catalogue, of, state.columns)
    found: Page[int] = Page(items=[])
    try:
        listed = await listed_of(conn, request, state, catalogue)
        after = request.query.get("after") or None
        found = await listing.ids(conn, viewer(request), listed, after=after, limit=SIZE)
    except FilterInvalid as error:
        problem, faulty = str(error), _number(error.place)
    except Invalid as error:
        if error.field != "order" or is_more(request):
            raise
        problem = str(error)
        listed = await listed_of(conn, request, replace(state, order="-id"), catalogue)
        found = await listing.ids(conn, viewer(request), listed, limit=SIZE)
        state = replace(state, order="-id")
    rows = await columns.rows(conn, viewer(request), catalogue, of, found.items, places)
    return Shown(state=state, places=places, rows=rows, next=found.next, problem=problem, faulty=faulty)


def _number(place: str) -> int:
    """Which chip a problem is about: that of `all[2].any[0]` is the third."""
    head, _, rest = place.partition("[")
    return (forms.id_in(rest.partition("]")[0]) or 0) if head == "all" else 0


async def _names(conn: Conn, request: web.Request, state: State, catalogue: Catalogue) -> words.Names:
    found: dict[tuple[str, int | str], str] = {}
    for target, ids in words.named(state.filter, state.shape.of, catalogue).items():
        title = catalogue[target].title
        places = columns.places(catalogue, target, [f"{target}.{title}"])
        for row in await columns.rows(conn, viewer(request), catalogue, target, sorted(ids)[:100], places):
            found[target, row.id] = str(row.values[0] or "")
    return found


def _offered(catalogue: Catalogue, of: str, state: State) -> list[tuple[str, str, bool]]:
    """Columns to choose from, those that are shown first: path, label, whether it is shown."""
    paths = [f"{of}.{key}" for key in catalogue[of].fields]
    for link in catalogue[of].relations.values():
        if not link.is_many:
            paths += [f"{of}.{link.key}.{key}" for key in catalogue[link.target].fields if key != "id"]
    rest = [path for path in paths if path not in state.columns]
    label = _label(catalogue, of)
    return [(path, label(path), True) for path in state.columns] + [
        (path, label(path), False) for path in rest
    ]


def _label(catalogue: Catalogue, of: str) -> Callable[[str], str]:
    def label(path: str) -> str:
        return words.label_of(path, of, catalogue)

    return label
