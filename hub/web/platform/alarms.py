"""What is wrong now, and who is told of it by mail or Telegram."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from crm_core.sql import Conn
from hub.alarms import service as alarms
from hub.alarms.model import KINDS
from hub.alarms.model import WAYS as CARRIED_BY
from hub.audit import service as audit
from hub.web.context import ident, transaction, user
from hub.web.forms import REFUSALS, Form, form_page, refused
from hub.web.posted import posted
from hub.web.render import see_other
from hub.wording.i18n import N_
from inbox.channels import service as channels
from inbox.channels.model import Channel
from values.errors import Invalid, NotFound
from values.texts import storable

WAYS = {"mail": N_("By mail"), "telegram": N_("By Telegram")}


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def tell(request: web.Request) -> web.StreamResponse:
    data = await posted(request)
    typed = {
        name: storable(str(data.get(name, ""))).strip()[:200] for name in ("address", "channel", "language")
    }
    kinds = [str(kind) for kind in data.getall("kind", [])]
    try:
        async with transaction(request) as conn:
            carrier = await _carrier(conn, typed["channel"])
            way = next((way for way, connector in CARRIED_BY.items() if connector == carrier.connector), "")
            await alarms.notify(
                conn, way=way, address=typed["address"], channel=typed["channel"], kinds=kinds,
                language=typed["language"] or "en",
            )  # fmt: skip
            await audit.record(conn, "alarm.told", user_id=user(request).id, target=typed["address"])
    except REFUSALS as error:
        aliases = {"way": "channel", "kinds": "kind"}
        return await _page(
            request, refused(error, {**typed, "kind": kinds}, _blank(request), aliases=aliases)
        )
    return see_other(request, "/alarms?done=told")


async def _carrier(conn: Conn, slug: str) -> Channel:
    try:
        return await channels.get(conn, slug)
    except NotFound as error:
        raise Invalid(str(error), field="channel") from None


async def forget(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        await alarms.forget(conn, min(ident(request), 2**31 - 1))
        await audit.record(conn, "alarm.forgotten", user_id=user(request).id, target=str(ident(request)))
    return see_other(request, "/alarms?done=forgotten")


async def test(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        await alarms.rehearse(conn, min(ident(request), 2**31 - 1))
    return see_other(request, "/alarms?done=test")


async def dismiss(request: web.Request) -> web.StreamResponse:
    return await _note(request, is_dismissed=True)


async def reopen(request: web.Request) -> web.StreamResponse:
    return await _note(request, is_dismissed=False)


async def _note(request: web.Request, *, is_dismissed: bool) -> web.StreamResponse:
    kind, subject = request.match_info["kind"], request.match_info["subject"]
    async with transaction(request) as conn:
        await alarms.dismiss(conn, kind, subject, is_dismissed=is_dismissed)
        what = "alarm.dismissed" if is_dismissed else "alarm.reopened"
        await audit.record(conn, what, user_id=user(request).id, target=f"{kind} {subject}")
    return see_other(request, "/alarms")


def _blank(request: web.Request) -> dict[str, Any]:
    me = user(request)
    return {"address": me.email, "channel": "", "language": me.language, "kind": list(KINDS)}


async def _page(request: web.Request, form: Form | None = None) -> web.Response:
    async with transaction(request) as conn:
        found = await alarms.current(conn)
        people = await alarms.recipients(conn)
        rows = await channels.list_channels(conn)
    carriers = [(row.slug, row.name) for row in rows if row.connector in CARRIED_BY.values()]
    values: dict[str, Any] = {
        "found": found,
        "people": people,
        "carriers": carriers,
        "kinds": KINDS,
        "ways": WAYS,
        "done": request.query.get("done", ""),
    }
    return form_page(request, "platform/alarms.html", form or Form(given=_blank(request)), **values)
