"""The page of canned replies: one's own and everybody's."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from crm_core.errors import Conflict, Invalid
from hub.web.catalogs import LANGUAGES
from hub.web.context import form, ident, transaction, user
from hub.web.i18n import gettext
from hub.web.render import page, see_other
from inbox.canned import service

BLANK = {"id": None, "shortcut": "", "title": "", "text": "", "language": "", "user_id": None}


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request, BLANK)


async def edit(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        chosen = await service.get(conn, user(request).id, ident(request))
    return await _page(request, chosen)


async def save(request: web.Request) -> web.StreamResponse:
    """A new one, or with an id in the address the changed one."""
    fields = await form(request)
    id_ = ident(request) if "id" in request.match_info else None
    language = fields.get("language", "")
    try:
        async with transaction(request) as conn:
            await service.save(
                conn,
                user(request).id,
                shortcut=fields.get("shortcut", ""),
                title=fields.get("title", ""),
                text=fields.get("text", ""),
                language=language if language in LANGUAGES else "",
                is_shared=fields.get("is_shared") == "1",
                id_=id_,
            )
    except (Invalid, Conflict) as error:
        given = {
            **BLANK,
            **fields,
            "id": id_,
            "user_id": None if fields.get("is_shared") == "1" else user(request).id,
        }
        field = error.field if isinstance(error, Invalid) else "shortcut"
        return await _page(request, given, problems={field: gettext(str(error))}, status=422)
    return see_other(request, "/canned")


async def remove(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        await service.remove(conn, user(request).id, ident(request))
    return see_other(request, "/canned")


async def _page(
    request: web.Request, chosen: Any, *, problems: dict[str, str] | None = None, status: int = 200
) -> web.Response:
    async with transaction(request) as conn:
        found = await service.find(conn, user(request).id)
    return page(
        request, "inbox/canned_page.html", status=status, found=found, chosen=chosen, problems=problems or {}
    )
