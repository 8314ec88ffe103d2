"""API tokens: making one, which is shown this once, and revoking one."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from crm_core.sql import Conn
from crm_core.users import service as users
from hub.api import tokens
from hub.audit import service as audit
from hub.peers import peer
from hub.web import forms as read
from hub.web.context import ident, transaction, user
from hub.web.forms import REFUSALS, Form, form_page, refused
from hub.web.posted import posted
from hub.web.render import see_other
from hub.wording.i18n import N_, gettext
from values.errors import Invalid

BLANK = {"name": "", "user_id": "", "scope": ()}
WIDE = {
    "all": N_("Everything"),
    "read": N_("Read everything"),
    "write": N_("Read and change everything"),
}


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request)


async def create(request: web.Request) -> web.StreamResponse:
    data = await posted(request)
    scopes = [str(value) for value in data.getall("scope", [])]
    typed = {name: str(data.get(name, "")) for name in ("name", "user_id")}
    name = typed["name"]
    known = set(tokens.known_scopes())
    try:
        if not scopes or not set(scopes) <= known:
            raise Invalid(N_("Choose what the token may do."), field="scope")
        if "\0" in name:
            raise Invalid(N_("This contains a character that cannot be stored."), field="name")
        async with transaction(request) as conn:
            user_id = read.number(typed, "user_id", digits=read.SHORT)
            if user_id is not None:
                await users.get(conn, user_id)
            token = await tokens.create(conn, name=name, scopes=scopes, user_id=user_id)
            await _record(conn, request, "token.created", name, scopes=scopes)
    except REFUSALS as error:
        return await _page(
            request, refused(error, {**typed, "scope": scopes}, BLANK, aliases={"scopes": "scope"})
        )
    return await _page(request, token=token, token_name=name)


async def revoke(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        name = next((row.name for row in await tokens.list_tokens(conn) if row.id == ident(request)), "")
        await tokens.revoke(conn, min(ident(request), 2**31 - 1))
        await _record(conn, request, "token.revoked", name)
    return see_other(request, "/tokens?done=revoked")


async def _page(request: web.Request, form: Form | None = None, **values: Any) -> web.Response:
    async with transaction(request) as conn:
        found = await tokens.list_tokens(conn)
        people = [person for person in await users.list_users(conn) if person.is_active]
    defaults: dict[str, Any] = {
        "found": found,
        "people": [
            ("", gettext("Everything its scopes allow")),
            *((person.id, person.name) for person in people),
        ],
        "wide": WIDE,
        "resources": tokens.RESOURCES,
        "token": "",
        "token_name": "",
        "done": request.query.get("done", ""),
    }
    return form_page(request, "platform/tokens.html", form or Form(given=BLANK), **{**defaults, **values})


async def _record(conn: Conn, request: web.Request, action: str, name: str, **data: Any) -> None:
    await audit.record(conn, action, user_id=user(request).id, peer=peer(request), target=name, data=data)
