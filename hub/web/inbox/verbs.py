"""What one can do with a conversation: each decodes, calls one verb of the inbox and shows the bar anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias

from aiohttp import web
from yarl import URL

from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from hub.web import flashes
from hub.web import forms as read
from hub.web.context import form, ident, is_fragment, publish, transaction, user, viewer
from hub.web.flashes import Flash
from hub.web.inbox import thread, views
from hub.web.inbox.done import flash_of
from hub.web.moments import read_moment
from hub.web.render import page, see_other
from hub.wording.i18n import N_, current
from inbox.actions import drafts, service
from inbox.changes import Change
from inbox.views import queries
from values.errors import Invalid, NotFound

Verb: TypeAlias = Callable[[Conn], Awaitable[Sequence[Change]]]


async def assign(request: web.Request) -> web.StreamResponse:
    """To a user, to oneself (`me`), back to the queue (empty), or to the bot (`bot`)."""
    id_, chosen = ident(request), (await form(request)).get("user_id", "")

    async def verb(conn: Conn) -> Sequence[Change]:
        if chosen == "bot":
            return await service.hand_to_bot(conn, viewer(request), id_)
        return await service.assign(conn, viewer(request), id_, user_id=_user_id(request, chosen))

    return await _carry_out(request, verb)


async def close(request: web.Request) -> web.StreamResponse:
    return await _carry_out(
        request, lambda conn: service.close(conn, viewer(request), ident(request)), is_done_with=True
    )


async def reopen(request: web.Request) -> web.StreamResponse:
    return await _carry_out(request, lambda conn: service.reopen(conn, viewer(request), ident(request)))


async def snooze(request: web.Request) -> web.StreamResponse:
    """`until` is a name (later, evening, tomorrow, monday) or a date and time in the reader's zone."""
    until = until_of((await form(request)).get("until", ""))
    return await _carry_out(
        request,
        lambda conn: service.snooze(conn, viewer(request), ident(request), until=until),
        is_done_with=True,
    )


async def ask_back(request: web.Request) -> web.StreamResponse:
    """Ask whoever took the conversation to give it back."""
    async with transaction(request) as conn:
        changes = await service.ask_back(conn, viewer(request), ident(request))
    await publish(request, changes)
    return web.Response(status=204)


async def keep_draft(request: web.Request) -> web.StreamResponse:
    """What was typed so far; nothing typed takes the draft away."""
    fields = await form(request)
    async with transaction(request) as conn:
        await drafts.keep(
            conn,
            viewer(request),
            ident(request),
            kind=fields.get("kind", ""),
            text=fields.get("text", ""),
            seconds_ago=_ago(fields.get("ago", "")),
        )
    return web.Response(status=204)


def _ago(text: str) -> float:
    """Seconds since it was typed, from the milliseconds that the page counted: a day at most."""
    return min(read.id_in(text) or 0, 86_400_000) / 1000


async def mark_unread(request: web.Request) -> web.StreamResponse:
    """Back to the list: who stays in the conversation would read it again."""
    async with transaction(request) as conn:
        changes = await service.mark_unread(conn, viewer(request), ident(request))
    await publish(request, changes)
    return see_other(request, str(URL("/inbox").with_query(view=_shown_view(request))))


def _shown_view(request: web.Request) -> str:
    """The view that the list beside the conversation shows."""
    try:
        shown = URL(request.headers.get("HX-Current-URL", "") or request.headers.get("Referer", ""))
    except ValueError:  # a browser's extension may write anything there
        return views.DEFAULT
    view = shown.query.get("view", "")
    return view if view in views.KNOWN else views.DEFAULT


async def mark_read(request: web.Request) -> web.StreamResponse:
    """A message came while its reader was looking."""
    async with transaction(request) as conn:
        changes = await thread.read(conn, request, ident(request))
    await publish(request, changes)
    return web.Response(status=204)


async def _carry_out(request: web.Request, verb: Verb, *, is_done_with: bool = False) -> web.StreamResponse:
    """`is_done_with`: the page goes on to the next conversation."""
    id_ = ident(request)
    async with transaction(request) as conn:
        changes = await verb(conn)
    await publish(request, changes)
    if not is_fragment(request):
        return await _next_page(request, id_, await _flash(request, id_, changes))
    done: dict[str, Any] = {"flash": await _flash(request, id_, changes)}
    try:
        async with transaction(request) as conn:
            values = await thread.head_values(conn, request, await queries.get(conn, viewer(request), id_))
        response = page(request, "inbox/acted.html", **values, **done)
    except NotFound:  # given to a colleague: it is out of sight from now on
        is_done_with = True
        response = page(request, "inbox/acted.html", conversation=None, **done)
        response.headers["HX-Reswap"] = "none"
    if is_done_with and done["flash"]:
        response.headers["HX-Trigger"] = "hub:next"
    return response


async def _flash(request: web.Request, id_: int, changes: Sequence[Change]) -> Flash | None:
    """How the conversation stands after what its reader just did, also where it is a colleague's now."""
    act = next((str(change.data["act"]) for change in changes if change.data.get("act")), "")
    async with transaction(request) as conn:
        row = next(iter(await queries.rows(conn, SYSTEM, [id_])), None)
    return flash_of(row, act) if row and act else None


async def _next_page(request: web.Request, id_: int, flash: Flash | None) -> web.StreamResponse:
    """The conversation, or the inbox where it is out of sight now; the page says what was done."""
    async with transaction(request) as conn:
        found = await queries.rows(conn, viewer(request), [id_])
    response = see_other(request, f"/conversations/{id_}" if found else "/inbox")
    if flash:
        flashes.keep(request, response, flash)
    return response


def _user_id(request: web.Request, chosen: str) -> int | None:
    if chosen == "me":
        return user(request).id
    sentence = N_("This user does not exist.")
    return read.number({"user_id": chosen}, "user_id", sentence, digits=read.SHORT)


def until_of(chosen: str) -> datetime:
    """The moment that a menu or a field of the reader's zone names. Raises Invalid."""
    local = datetime.now(current().zone)
    named = {
        "later": local + timedelta(hours=3),
        "evening": _at(local, days=0, hour=18) if local.hour < 18 else _at(local, days=1, hour=18),
        "tomorrow": _at(local, days=1, hour=9),
        "monday": _at(local, days=7 - local.weekday(), hour=9),
    }
    until = named.get(chosen) or read_moment(chosen)
    if until is None:
        raise Invalid(N_("Choose a day and a time."), field="until")
    return until.astimezone(UTC)


def _at(local: datetime, *, days: int, hour: int) -> datetime:
    return datetime.combine(local.date() + timedelta(days=days), time(hour), tzinfo=local.tzinfo)
