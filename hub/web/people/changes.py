"""Every change of a record: field, before, after, who or what, when, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from aiohttp import web

from crm_core.acts.verbs import title_of
from crm_core.history import reading
from crm_core.history.model import Changed, Value
from hub.web import own_fields
from hub.web.context import ident, is_fragment, transaction, viewer
from hub.web.formats import moment, money
from hub.web.naming import readable
from hub.web.own_lines import Names, Places, told
from hub.web.people.binning import OF, PLURALS, WITHOUT_PAGE
from hub.web.people.labels import label_of
from hub.web.render import page
from hub.wording.i18n import N_, current, gettext, said

PAGE_SIZE = 50
CAUSES: Final = {
    "import": N_("Import %(id)s"),
    "bulk": N_("Bulk edit %(id)s"),
    "run": N_("Automation run %(id)s"),
    "token": N_("An API token"),
    "merge": N_("Merge %(id)s"),
}
TIMES: Final = ("due_at", "remind_at", "done_at", "closed_at")


async def show(request: web.Request) -> web.StreamResponse:
    word, before = request.match_info["of"], request.query.get("before") or None
    of = OF[word]
    async with transaction(request) as conn:
        found = await reading.changes_of(
            conn, viewer(request), of, ident(request), before=before, limit=PAGE_SIZE
        )
        own = await own_fields.by_place(conn)
        names = await own_fields.names_of(conn, request, own, found.items)
    is_more = before is not None and is_fragment(request)
    back = f"/{word}" if of in WITHOUT_PAGE else f"/{word}/{ident(request)}"
    return page(
        request,
        "people/changes_rows.html" if is_more else "people/changes.html",
        lines=_lines(found.items, own, names),
        next=found.next,
        word=word,
        id_=ident(request),
        back=back,
        back_label=gettext(PLURALS[of]),
    )


def _lines(changes: Sequence[Changed], own: Places, names: Names) -> list[dict[str, object]]:
    """The lines, newest first; the way back stands once for each act."""
    offered: set[UUID] = set()
    lines: list[dict[str, object]] = []
    for each in changes:
        is_first = each.act_id is not None and each.act_id not in offered
        if each.act_id is not None:
            offered.add(each.act_id)
        line = _line(each, is_offered=is_first and each.is_undoable)
        if field := own.get(each.field.removeprefix("fields.")):
            line |= {
                "label": field.named(current().language),
                "old": told(field, each.old, names),
                "new": told(field, each.new, names),
            }
        lines.append(line)
    return lines


def _line(each: Changed, *, is_offered: bool) -> dict[str, object]:
    return {
        "label": gettext(label_of(each.field)),
        "is_made": each.field == "",
        "old": shown(each, each.old, each.old_name),
        "new": shown(each, each.new, each.new_name),
        "at": each.at,
        "who": each.user_name or _cause(each),
        "deed": gettext(title_of(each.act_kind)) if each.act_kind else "",
        "undo": each.act_id if is_offered else None,
    }


def _cause(each: Changed) -> str:
    if each.cause in CAUSES:
        return (gettext(CAUSES[each.cause]) % {"id": each.cause_id or ""}).strip()
    return gettext("By itself")


def shown(each: Changed, value: Value, name: str) -> str:
    """A value of the history as people read it; empty ones are an empty text."""
    if name:
        return readable(said(name))
    if value is None or value == "" or value == []:
        return ""
    if each.field == "deleted_at":
        return gettext("In the bin")
    if each.field in TIMES and isinstance(value, str):
        return moment(datetime.fromisoformat(value))
    if each.field == "amount" and isinstance(value, int):
        return money(value, each.currency or "USD")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return readable(said(value)) if isinstance(value, str) else str(value)
