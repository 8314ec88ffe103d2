"""The page of canned replies: one's own and everybody's."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from hub.web import versions
from hub.web.context import form, ident, transaction, user
from hub.web.render import page, see_other
from hub.wording.catalogs import LANGUAGES
from hub.wording.i18n import gettext
from inbox.canned import service
from inbox.canned.store import Canned
from values.errors import Conflict, Invalid

BLANK = {"id": None, "shortcut": "", "title": "", "text": "", "language": "", "user_id": None}


async def show(request: web.Request) -> web.StreamResponse:
    """`shortcut` begins a new one, from the list where it was not found."""
    return await _page(request, {**BLANK, "shortcut": request.query.get("shortcut", "")[:60]})


async def edit(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        chosen = await service.get(conn, user(request).id, ident(request))
    shown = _shown(chosen) | {"id": chosen.id, "user_id": chosen.user_id}
    return await _page(request, shown | {"version": versions.version_of(_shown(chosen))})


async def save(request: web.Request) -> web.StreamResponse:
    """A new one, or with an id in the address the changed one."""
    fields = await form(request)
    id_ = ident(request) if "id" in request.match_info else None
    language = fields.get("language", "")
    try:
        async with transaction(request) as conn:
            if id_ is not None:
                await versions.alone(conn, "canned", id_)
                versions.check(fields, _shown(await service.get(conn, user(request).id, id_)))
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
        given["version"] = fields.get(versions.FIELD, "")
        if isinstance(error, versions.Stale):
            given |= {"version": versions.version_of(error.theirs), "stale": str(error)}
            return await _page(request, given, problems=versions.problems(error, fields), status=409)
        field = error.field if isinstance(error, Invalid) else "shortcut"
        return await _page(request, given, problems={field: gettext(str(error))}, status=422)
    return see_other(request, "/canned")


def _shown(canned: Canned) -> dict[str, str]:
    """The fields of the form as it shows them."""
    return {
        "shortcut": canned.shortcut,
        "title": canned.title,
        "text": canned.text,
        "language": canned.language,
        "is_shared": "1" if canned.user_id is None else "",
    }


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
