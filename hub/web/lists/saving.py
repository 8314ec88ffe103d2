"""Saved views: keeping what a list shows under a name, sharing it, and letting it go."""

from __future__ import annotations

from aiohttp import web

from crm_core.views import service as views
from crm_core.views.model import Looks
from hub.catalogue import current, terms
from hub.web.context import form, ident, runtime, transaction, user
from hub.web.forms import ids_in
from hub.web.lists.shapes import SHAPES
from hub.web.lists.state import decoded
from hub.web.render import see_other
from values.filters.binding import bind
from values.filters.reading import read


async def create(request: web.Request) -> web.StreamResponse:
    of, fields = request.match_info["of"], await form(request)
    async with transaction(request) as conn:
        looks = _looks(fields)
        bind(read(looks.filter), of, terms(runtime(request).settings, await current(conn)))
        id_ = await views.create(
            conn,
            user(request),
            of=of,
            name=fields.get("name", ""),
            looks=looks,
            is_shared="shared" in fields,
        )
    return see_other(request, f"{SHAPES[of].path}?view={id_}")


async def save(request: web.Request) -> web.StreamResponse:
    """The view shows from now on what the list shows."""
    fields = await form(request)
    async with transaction(request) as conn:
        view = await views.get(conn, user(request), ident(request))
        looks = _looks(fields)
        bind(read(looks.filter), view.object, terms(runtime(request).settings, await current(conn)))
        await views.save(conn, user(request), view.id, looks)
    return see_other(request, f"{SHAPES[view.object].path}?view={view.id}")


async def rename(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    async with transaction(request) as conn:
        view = await views.get(conn, user(request), ident(request))
        name = fields.get("name", "")
        await views.rename(conn, user(request), view.id, name=name, is_shared="shared" in fields)
    return see_other(request, f"{SHAPES[view.object].path}?view={view.id}")


async def remove(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        view = await views.remove(conn, user(request), ident(request))
    return see_other(request, f"{SHAPES[view.object].path}?removed={view.id}")


async def restore(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        of = await views.restore(conn, user(request), ident(request))
    return see_other(request, f"{SHAPES[of].path}?view={ident(request)}")


async def place(request: web.Request) -> web.StreamResponse:
    """One's own views in another order."""
    of, fields = request.match_info["of"], await form(request)
    async with transaction(request) as conn:
        await views.place(conn, user(request), ids_in(fields.get("ids", "")))
    return see_other(request, f"{SHAPES[of].path}?view={fields.get('view', '')[:20]}")


def _looks(fields: dict[str, str]) -> Looks:
    columns = tuple(path for path in fields.get("columns", "").split(",") if path)
    given = decoded(fields.get("filter", "") or "{}")
    return Looks(columns=columns, order=fields.get("order", "")[:60], filter=given)
