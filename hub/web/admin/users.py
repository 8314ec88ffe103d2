"""The users: adding one, changing one, and letting one in again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from crm_core.access.abilities import ROLES
from crm_core.sql import Conn
from crm_core.users import service
from crm_core.users.model import User, UserChanges
from hub.audit import service as audit
from hub.bootstrap import sign_in_link
from hub.peers import peer
from hub.web import forms as read
from hub.web import store as sessions
from hub.web import versions, zones
from hub.web.context import form, ident, runtime, transaction, user
from hub.web.forms import REFUSALS, Form, form_page, fresh, refused
from hub.web.render import page, see_other
from hub.wording.catalogs import LANGUAGES
from hub.wording.i18n import N_, gettext
from values.errors import Invalid

ROLE_NAMES = {"admin": N_("Admin"), "manager": N_("Manager"), "ops": N_("Operations")}
ROLE_HELP = {
    "admin": N_("Everything, and all customers."),
    "manager": N_("Customers: their own and those that are nobody's yet."),
    "ops": N_("Channels, journal, quarantine and ledger; no customers."),
}
MOST_CAPACITY = 100_000
NAMES = ("email", "name", "role", "sees_all", "language", "timezone", "capacity", "extension")


async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        found = await service.list_users(conn)
    return page(request, "admin/users.html", found=found, roles=ROLE_NAMES)


async def new(request: web.Request) -> web.StreamResponse:
    settings = runtime(request).settings
    blank = {
        "role": "manager",
        "language": settings.language,
        "timezone": user(request).timezone,
        "capacity": 50,
    }
    return _form(request, None, Form(given=dict.fromkeys(NAMES, "") | blank))


async def create(request: web.Request) -> web.StreamResponse:
    """Make a user; the page that answers shows their sign-in link, this once."""
    fields = await form(request)
    try:
        values = _values(fields)
        async with transaction(request) as conn:
            made = await service.create(conn, **values)
            await service.set_available(conn, made.id, made.can("start available"))
            token = await sign_in_link(conn, made.id)
            await _record(conn, request, "user.created", made, role=made.role)
    except REFUSALS as error:
        return _form(request, None, refused(error, fields, NAMES, at=_place(error)))
    return _link(request, made, token, is_new=True)


async def edit(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        found = await service.get(conn, ident(request))
    return _form(request, found, fresh(_of(found)), saved=request.query.get("saved", ""))


async def save(request: web.Request) -> web.StreamResponse:
    fields, id_ = await form(request), ident(request)
    try:
        values = _values(fields)
        async with transaction(request) as conn:
            await versions.alone(conn, "user", id_)
            before = await service.get(conn, id_)
            versions.check(fields, _of(before))
            made = await service.update(conn, id_, UserChanges(**values))
            changed = {name: value for name, value in values.items() if value != getattr(before, name)}
            await _record(conn, request, "user.changed", made, **changed)
    except REFUSALS as error:
        async with transaction(request) as conn:
            found = await service.get(conn, id_)
        typed = fields | {"sees_all": fields.get("sees_all") == "1"}
        return _form(request, found, refused(error, typed, _of(found), at=_place(error)))
    return see_other(request, f"/users/{made.id}?saved=1")


async def deactivate(request: web.Request) -> web.StreamResponse:
    """Sign a user out everywhere and let them in no more; what they did stays."""
    return await _set_active(request, is_active=False)


async def activate(request: web.Request) -> web.StreamResponse:
    return await _set_active(request, is_active=True)


async def reset(request: web.Request) -> web.StreamResponse:
    """A new sign-in link for somebody who cannot get in; their second step goes when that is ticked."""
    fields = await form(request)
    async with transaction(request) as conn:
        found = await service.get(conn, ident(request))
        if not found.is_active:
            raise Invalid(N_("Activate this user first."))
        if fields.get("second_step") == "1":
            await service.totp_remove(conn, found.id)
        await sessions.end_all_sessions(conn, found.id)
        token = await sign_in_link(conn, found.id)
        await _record(conn, request, "user.sign_in_reset", found)
    return _link(request, found, token, is_new=False)


async def _set_active(request: web.Request, *, is_active: bool) -> web.StreamResponse:
    async with transaction(request) as conn:
        if ident(request) == user(request).id:
            raise Invalid(N_("You cannot deactivate yourself."))
        found = await service.update(conn, ident(request), UserChanges(is_active=is_active))
        if not is_active:
            await service.set_available(conn, found.id, False)
            await sessions.end_all_sessions(conn, found.id)
        await _record(conn, request, "user.activated" if is_active else "user.deactivated", found)
    return see_other(request, f"/users/{found.id}?saved=1")


def _values(fields: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, in the types of the service. Raises Invalid."""
    capacity = read.whole(fields, "capacity", N_("The capacity is a number from 0."), maximum=MOST_CAPACITY)
    return {
        "email": fields.get("email", "").strip(),
        "name": fields.get("name", "").strip(),
        "role": fields.get("role", ""),
        "sees_all": fields.get("sees_all") == "1",
        "language": read.choice(fields, "language", LANGUAGES, N_("This language is not available.")),
        "timezone": fields.get("timezone", "").strip() or "UTC",
        "capacity": capacity,
        "extension": fields.get("extension", "").strip(),
    }


def _of(found: User) -> dict[str, Any]:
    return {name: getattr(found, name) for name in NAMES}


def _place(error: Exception) -> str:
    """The last admin, or an address that somebody has: the field which a conflict is about."""
    return "role" if "admin" in str(error) else "email"


def _form(
    request: web.Request,
    found: User | None,
    shown: Form,
    *,
    saved: str = "",
) -> web.Response:
    return form_page(
        request,
        "admin/user.html",
        shown,
        found=found,
        roles=[(role, gettext(ROLE_NAMES[role])) for role in ROLES],
        role_help=ROLE_HELP,
        zones=zones.options(str(shown.given["timezone"] or "UTC")),
        saved=saved,
    )


def _link(request: web.Request, found: User, token: str, *, is_new: bool) -> web.Response:
    address = f"{runtime(request).settings.public_url}/sign-in/link/{token}"
    return page(request, "admin/user_link.html", found=found, address=address, is_new=is_new)


async def _record(conn: Conn, request: web.Request, action: str, found: User, **data: Any) -> None:
    await audit.record(
        conn, action, user_id=user(request).id, peer=peer(request), target=found.email, data=data
    )
