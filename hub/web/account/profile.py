"""A user's own page: name, language, password, second step, signed-in browsers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import User, UserChanges
from hub.audit import service as audit
from hub.peers import peer
from hub.web import forms as read
from hub.web import session, store, zones
from hub.web.context import USER, form, runtime, transaction, user
from hub.web.context import session as current
from hub.web.forms import REFUSALS, Form, refused
from hub.web.render import page, see_other
from hub.wording.catalogs import LANGUAGES
from hub.wording.i18n import N_, locale_context, use_locale
from values.errors import Invalid

MIN_PASSWORD = 10
_MISMATCH = N_("The two passwords differ.")
_SHORT = N_("Use at least 10 characters.")
_OLD_WRONG = N_("The current password is wrong.")
_NO_MATCH = N_("This code does not match. Check the clock of your phone and enter the newest code.")
PASSWORD = {"present": "", "password": "", "again": ""}


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request, first="first" in request.query, saved=request.query.get("saved", ""))


async def save(request: web.Request) -> web.StreamResponse:
    fields = _about(user(request)) | await form(request)
    try:
        language = read.choice(fields, "language", LANGUAGES, N_("This language is not available."))
        if not zones.is_known(fields["timezone"]):
            raise Invalid(N_("This time zone is not known."), field="timezone")
        async with transaction(request) as conn:
            await users.update(
                conn,
                user(request).id,
                UserChanges(
                    name=fields["name"].strip() or user(request).name,
                    language=language,
                    timezone=fields["timezone"],
                    extension=fields["extension"].strip()[:40],
                    reply_name=fields["reply_name"].strip(),
                    signature=fields["signature"],
                ),
            )
            await users.keep_timezone(conn, user(request).id)
    except REFUSALS as error:
        return await _page(request, about=refused(error, fields, _about(user(request)), at="name"))
    return see_other(request, "/profile?saved=profile")


def _about(me: User) -> dict[str, str]:
    """The fields of the form as it shows them."""
    names = ("name", "extension", "language", "timezone", "reply_name", "signature")
    return {name: getattr(me, name) for name in names}


async def change_password(request: web.Request) -> web.StreamResponse:
    fields, me = await form(request), user(request)
    new = fields.get("password", "")
    try:
        if len(new) < MIN_PASSWORD:
            raise Invalid(_SHORT, field="password")
        if new != fields.get("again", ""):
            raise Invalid(_MISMATCH, field="again")
        async with transaction(request) as conn:
            if me.has_password:
                await _check_password(conn, me, fields)
            await users.set_password(conn, me.id, new)
            await store.end_others(conn, me.id, current(request).id)
            await audit.record(conn, "user.password_changed", user_id=me.id, peer=peer(request))
    except REFUSALS as error:
        shown = refused(error, {}, PASSWORD, at="password")
        return await _page(request, password=shown, first=not me.has_password)
    return see_other(request, "/profile?saved=password" if me.has_password else "/")


async def start_second_step(request: web.Request) -> web.StreamResponse:
    """A new secret; it counts only after a first code from it was entered."""
    me = user(request)
    async with transaction(request) as conn:
        secret, address = await users.totp_begin(conn, runtime(request).cipher, me.id, issuer="Omnihub")
    return await _page(request, secret=secret, otpauth=address)


async def confirm_second_step(request: web.Request) -> web.StreamResponse:
    fields, me = await form(request), user(request)
    secret = fields.get("secret", "")
    try:
        async with transaction(request) as conn:
            if not await users.totp_confirm(
                conn, runtime(request).cipher, me.id, secret, fields.get("code", "")
            ):
                raise Invalid(_NO_MATCH, field="code")
            await audit.record(conn, "user.second_step_set", user_id=me.id, peer=peer(request))
    except REFUSALS as error:
        shown = refused(error, fields, {"code": ""}, at="code")
        return await _page(request, step=shown, secret=secret, otpauth=fields.get("otpauth", ""))
    return see_other(request, "/profile?saved=second-step#second-step")


async def remove_second_step(request: web.Request) -> web.StreamResponse:
    fields, me = await form(request), user(request)
    try:
        async with transaction(request) as conn:
            if me.has_password:
                await _check_password(conn, me, fields)
            await users.totp_remove(conn, me.id)
            await audit.record(conn, "user.second_step_removed", user_id=me.id, peer=peer(request))
    except REFUSALS as error:
        return await _page(request, step=refused(error, {}, {"present": ""}, at="present"))
    return see_other(request, "/profile?saved=second-step#second-step")


async def end_sessions(request: web.Request) -> web.StreamResponse:
    """End one other session by its id, or all others."""
    chosen, me = (await form(request)).get("session", ""), user(request)
    async with transaction(request) as conn:
        if chosen:
            await store.end_session(conn, _session_id(chosen), me.id)
        else:
            await store.end_others(conn, me.id, current(request).id)
        await audit.record(
            conn, "session.ended", user_id=me.id, peer=peer(request), target=chosen[:16] or "others"
        )
    return see_other(request, "/profile?saved=sessions")


async def set_available(request: web.Request) -> web.StreamResponse:
    """Whether this user takes new conversations now."""
    is_available = (await form(request)).get("is_available") == "1"
    async with transaction(request) as conn:
        await users.set_available(conn, user(request).id, is_available)
        request[USER] = await users.get(conn, user(request).id)
    if request.headers.get("HX-Request"):
        return page(request, "presence.html")
    return see_other(request, request.headers.get("Referer", "/") if _is_own_referer(request) else "/")


async def _check_password(conn: Conn, me: User, fields: Mapping[str, str]) -> None:
    """The current one has to be typed. Raises Invalid."""
    if not await users.verify_password(conn, me.email, fields.get("present", "")):
        raise Invalid(_OLD_WRONG, field="present")


async def _page(request: web.Request, **values: Any) -> web.Response:
    """Three forms stand on it, each as it is or as it was refused: `about`, `password`, `step`."""
    async with transaction(request) as conn:
        sessions = await store.sessions_of(conn, user(request).id)
        request[USER] = await users.get(conn, user(request).id)
    defaults: dict[str, Any] = {
        "first": False,
        "saved": "",
        "secret": "",
        "otpauth": "",
        "about": Form(given=_about(request[USER])),
        "password": Form(given=PASSWORD),
        "step": Form(given={"code": "", "present": ""}),
        "sessions": sessions,
        "this_session": session.digest(request.cookies.get(session.COOKIE, "")),
    }
    with use_locale(locale_context(user(request).language, user(request).timezone)):
        shown = defaults | values
        shown["zones"] = zones.options(user(request).timezone)
        status = max(shown[name].status for name in ("about", "password", "step"))
        return page(request, "account/show.html", status=status, **shown)


def _session_id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Invalid(N_("This session does not exist."), field="session") from None


def _is_own_referer(request: web.Request) -> bool:
    return request.headers.get("Referer", "").startswith(
        (f"http://{request.host}/", f"https://{request.host}/")
    )
