"""The page of canned replies: one's own and everybody's."""

from __future__ import annotations

from aiohttp import web

from hub.web import forms as read
from hub.web import versions
from hub.web.context import form, ident, transaction, user
from hub.web.forms import REFUSALS, Form, form_page, fresh, refused
from hub.web.render import see_other
from hub.wording.catalogs import LANGUAGES
from inbox.canned import service
from inbox.canned.store import Canned

BLANK = {"shortcut": "", "title": "", "text": "", "language": "", "is_shared": "1"}
CHOICES = ("", *LANGUAGES)


async def show(request: web.Request) -> web.StreamResponse:
    """`shortcut` begins a new one, from the list where it was not found."""
    return await _page(request, Form(given=BLANK | {"shortcut": request.query.get("shortcut", "")[:60]}))


async def edit(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        chosen = await service.get(conn, user(request).id, ident(request))
    return await _page(request, fresh(_shown(chosen)), chosen.id)


async def save(request: web.Request) -> web.StreamResponse:
    """A new one, or with an id in the address the changed one."""
    fields = await form(request)
    id_ = ident(request) if "id" in request.match_info else None
    try:
        language = read.choice(fields, "language", CHOICES)
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
                language=language,
                is_shared=fields.get("is_shared") == "1",
                id_=id_,
            )
    except REFUSALS as error:
        return await _page(request, refused(error, fields, BLANK, at="shortcut"), id_)
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


async def _page(request: web.Request, shown: Form, id_: int | None = None) -> web.Response:
    async with transaction(request) as conn:
        found = await service.find(conn, user(request).id)
    return form_page(request, "inbox/canned_page.html", shown, found=found, id=id_)
