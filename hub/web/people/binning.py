"""The bin: what lies there, deleting into it, restoring from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Final

from aiohttp import web

from crm_core.acts.model import Record
from crm_core.bin import service as bin_
from hub.web import acting
from hub.web.addresses import Handler
from hub.web.context import form, ident, is_fragment, publish, transaction, viewer
from hub.web.render import page, see_other
from hub.wording.i18n import N_, gettext
from inbox.changes import Change
from values.errors import NotFound

PAGE_SIZE = 50
OF: Final[Mapping[str, Record]] = {
    "contacts": "contact",
    "companies": "company",
    "leads": "lead",
    "deals": "deal",
    "tasks": "task",
}
"""By the word of the address."""
WORDS: Final = {of: word for word, of in OF.items()}
NAMES: Final = {
    "contact": N_("Contact"),
    "company": N_("Company"),
    "lead": N_("Lead"),
    "deal": N_("Deal"),
    "task": N_("Task"),
}
PLURALS: Final = {
    "contact": N_("Contacts"),
    "company": N_("Companies"),
    "lead": N_("Leads"),
    "deal": N_("Deals"),
    "task": N_("Tasks"),
}
WITHOUT_PAGE: Final = ("lead",)


async def show(request: web.Request) -> web.StreamResponse:
    """What was deleted, the latest first; `of` is one kind of it."""
    query, after = request.query.get("q", "")[:100], request.query.get("after") or None
    of = OF.get(request.query.get("of", ""))
    async with transaction(request) as conn:
        found = await bin_.lying(conn, viewer(request), query=query, of=of, after=after, limit=PAGE_SIZE)
    is_more = after is not None and is_fragment(request)
    template = "people/bin_rows.html" if is_more else "people/bin.html"
    return page(
        request,
        template,
        found=found,
        query=query,
        of=WORDS[of] if of else "",
        words=WORDS,
        names=NAMES,
        plurals=PLURALS,
        days=bin_.DAYS,
    )


def or_binned(of: Record) -> Callable[[Handler], Handler]:
    """A record's page; of one that lies in the bin it says so, with a way back."""

    def made(handler: Handler) -> Handler:
        @wraps(handler)
        async def shown(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except NotFound:
                async with transaction(request) as conn:
                    id_ = await bin_.seen(conn, viewer(request), of, ident(request))
                if id_ is None:
                    raise
            address, label = f"/{WORDS[of]}/{id_}", gettext(PLURALS[of])
            values = {"address": address, "list": f"/{WORDS[of]}", "label": label, "days": bin_.DAYS}
            return page(request, "people/binned.html", status=404, **values)

        return shown

    return made


async def delete(request: web.Request) -> web.StreamResponse:
    """Move one record into the bin; the next page tells so, with Undo."""
    of, id_ = OF[request.match_info["of"]], ident(request)
    async with transaction(request) as conn:
        moved = await bin_.delete(conn, viewer(request), of, [id_])
    if not moved.ids:
        raise NotFound(N_("It is in the bin already, or it is a colleague's."))
    acting.note(request, f"{of}.delete", moved.act_id)
    await publish(request, [_changed(of, id_)])
    return acting.told(request, see_other(request, f"/{WORDS[of]}"))


async def restore(request: web.Request) -> web.StreamResponse:
    """Take one record out of the bin; leads to its page."""
    of, id_ = OF[request.match_info["of"]], ident(request)
    stays = bool((await form(request)).get("stays"))
    async with transaction(request) as conn:
        moved = await bin_.restore(conn, viewer(request), of, [id_])
    if not moved.ids:
        raise NotFound(N_("It does not lie in the bin any more."))
    acting.note(request, f"{of}.restore", moved.act_id)
    await publish(request, [_changed(of, id_)])
    return acting.told(request, see_other(request, "/bin" if stays else address_of(of, id_)))


def address_of(of: Record, id_: int) -> str:
    """The page of a record, or the list where it has none."""
    return f"/{WORDS[of]}" if of in WITHOUT_PAGE else f"/{WORDS[of]}/{id_}"


def _changed(of: Record, id_: int) -> Change:
    return Change(
        kind="task" if of == "task" else "deal", id=id_, contact_id=id_ if of == "contact" else None
    )
