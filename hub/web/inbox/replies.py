"""Writing: replies and notes, taking a message back, sending one again, canned replies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from aiohttp import web
from multidict import MultiDictProxy

from crm_core.sql import Conn
from crm_core.users.model import Viewer
from hub.web import forms as read
from hub.web.context import form, ident, is_fragment, publish, runtime, transaction, viewer
from hub.web.inbox import files
from hub.web.posted import posted
from hub.web.render import page, see_other
from hub.wording.i18n import N_, gettext
from inbox.actions import leading, service
from inbox.actions.leading import Lead
from inbox.changes import Change
from inbox.views import queries
from values.errors import Conflict, Invalid, NotFound

UNDO_SECONDS = 5
Verb = Callable[[Conn, Viewer, int], Awaitable[Sequence[Change]]]


async def write(request: web.Request) -> web.StreamResponse:
    """A reply or a note. 409 says why nothing was sent (`what`): `stale` when the customer wrote meanwhile and `force` is not
    given, `led` when a colleague leads it and `lead` is not given, `taken` when a colleague has taken it from the writer."""
    id_, fields = ident(request), await posted(request)
    kind = str(fields.get("kind", "reply"))
    try:
        async with transaction(request) as conn:
            changes = await _say(conn, request, id_, kind, fields)
    except (Conflict, NotFound) as error:
        if not is_fragment(request):
            raise
        return await _not_sent(request, id_, error)
    await publish(request, changes)
    if not is_fragment(request):
        return see_other(request, f"/conversations/{id_}")
    return await _written(request, changes, undo=kind != "note")


async def _say(
    conn: Conn, request: web.Request, id_: int, kind: str, fields: MultiDictProxy[Any]
) -> Sequence[Change]:
    who, key = viewer(request), str(fields.get("key", ""))
    text = str(fields.get("text", "")).replace("\r\n", "\n")
    attached = [*_ids(fields.getall("attachment", [])), *await files.from_form(conn, request, fields)]
    if kind == "note":
        return await service.note(conn, who, id_, text=text, attachment_ids=attached, is_marked=True, key=key)
    composed = service.Reply(
        text=text,
        attachment_ids=attached,
        undo_seconds=UNDO_SECONDS,
        seen_message_id=read.id_in(str(fields.get("seen", ""))),
        force=fields.get("force") == "1",
        copies=[*await _all(conn, request, id_, fields), str(fields.get("cc", ""))],
        blind_copies=[str(fields.get("bcc", ""))],
        is_marked=True,
        answers_id=read.id_in(str(fields.get("answers", ""))),
        lead=_lead(request, str(fields.get("lead", ""))),
        key=key,
    )
    return await service.reply(conn, who, id_, composed, directory=runtime(request).directory)


def _lead(request: web.Request, chosen: str) -> Lead:
    """A page that cannot ask answers for the colleague: it takes nothing away."""
    if chosen in ("help", "take"):
        return "take" if chosen == "take" else "help"
    return "ask" if is_fragment(request) else "help"


async def _not_sent(request: web.Request, id_: int, error: Conflict | NotFound) -> web.Response:
    """Why, for the page that keeps the text."""
    told: dict[str, str] = {"what": "stale"}
    try:
        if isinstance(error, NotFound):
            async with transaction(request) as conn:
                await leading.say_who_has_it(conn, viewer(request), id_)
            raise error
    except leading.Taken as taken:
        told, error = {"what": "taken", "name": taken.name}, taken
    if isinstance(error, leading.Led):
        told = {"what": "led", "name": error.name}
    return web.json_response(told | {"sentence": gettext(str(error))}, status=409)


async def take_back(request: web.Request) -> web.StreamResponse:
    return await _on_message(request, service.cancel_delivery)


async def send_again(request: web.Request) -> web.StreamResponse:
    return await _on_message(request, service.retry_delivery)


async def rewrite(request: web.Request) -> web.StreamResponse:
    """New words for a message that went out."""
    text = (await form(request)).get("text", "").replace("\r\n", "\n")

    async def verb(conn: Conn, who: Viewer, id_: int) -> Sequence[Change]:
        directory = runtime(request).directory
        return await service.rewrite(conn, who, id_, directory=directory, text=text, is_marked=True)

    return await _on_message(request, verb)


async def remove(request: web.Request) -> web.StreamResponse:
    """Take a message that went out from the customer."""

    async def verb(conn: Conn, who: Viewer, id_: int) -> Sequence[Change]:
        return await service.remove(conn, who, id_, directory=runtime(request).directory)

    return await _on_message(request, verb)


async def _on_message(request: web.Request, verb: Verb) -> web.StreamResponse:
    id_ = ident(request)
    async with transaction(request) as conn:
        changes = await verb(conn, viewer(request), id_)
    await publish(request, changes)
    if is_fragment(request):
        return await _written(request, changes)
    return see_other(request, f"/conversations/{changes[0].conversation_id}")


async def _written(request: web.Request, changes: Sequence[Change], *, undo: bool = False) -> web.Response:
    """The messages as the live push would bring them, for the page that wrote them."""
    ids = [change.id for change in changes if change.id and change.kind in ("message", "delivery")]
    async with transaction(request) as conn:
        found = await queries.messages(conn, viewer(request), ids)
    sent = next((m for m in found if m.undo_until), None) if undo else None
    gone: set[int] = {change.data["removed"] for change in changes if change.data.get("removed")}
    gone -= {message.id for message in found}
    return page(
        request, "inbox/pushed_messages.html", messages=found, gone=gone, undo=sent.id if sent else None
    )


async def _all(conn: Conn, request: web.Request, id_: int, fields: Mapping[str, object]) -> Sequence[str]:
    """Everybody who got the last mail, where the answer goes to all."""
    if fields.get("all") != "1":
        return ()
    found = await queries.thread(conn, viewer(request), id_, limit=40)
    last = next((message for message in reversed(found) if message.direction == "in"), None)
    return [str(one) for one in last.data.get("copies") or ()] if last else ()


def _ids(values: Sequence[object]) -> list[UUID]:
    try:
        return [UUID(str(value)) for value in values][:20]
    except ValueError:
        raise Invalid(N_("An attached file is gone; attach it again."), field="attachment") from None
