"""A user's own page: name, language, password, second step, signed-in browsers."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from crm_core.users import service as users
from crm_core.users.model import UserChanges
from hub import audit
from hub.peers import peer
from hub.web import session, store, zones
from hub.web.context import USER, form, runtime, transaction, user
from hub.web.context import session as current
from hub.web.render import page, see_other
from hub.wording.catalogs import LANGUAGES
from hub.wording.i18n import N_, gettext, locale_context, use_locale
from values.errors import Invalid

MIN_PASSWORD = 10
_MISMATCH = N_("The two passwords differ.")
_SHORT = N_("Use at least 10 characters.")
_OLD_WRONG = N_("The current password is wrong.")


async def show(request: web.Request) -> web.StreamResponse:
    return await _page(request, first="first" in request.query, saved=request.query.get("saved", ""))


async def save(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    language, zone = fields.get("language", "en"), fields.get("timezone", "UTC")
    if language not in LANGUAGES:
        raise Invalid(N_("This language is not available."), field="language")
    if not zones.is_known(zone):
        raise Invalid(N_("This time zone is not known."), field="timezone")
    async with transaction(request) as conn:
        await users.update(
            conn,
            user(request).id,
            UserChanges(
                name=fields.get("name", "").strip() or user(request).name,
                language=language,
                timezone=zone,
                extension=fields.get("extension", "").strip()[:40],
                reply_name=fields.get("reply_name", user(request).reply_name).strip(),
                signature=fields.get("signature", user(request).signature),
            ),
        )
        await users.keep_timezone(conn, user(request).id)
    return see_other(request, "/profile?saved=profile")


async def change_password(request: web.Request) -> web.StreamResponse:
    fields, me = await form(request), user(request)
    new = fields.get("password", "")
    problem = _SHORT if len(new) < MIN_PASSWORD else _MISMATCH if new != fields.get("again", "") else ""
    async with transaction(request) as conn:
        if not problem and me.has_password:
            right = await users.verify_password(conn, me.email, fields.get("present", ""))
            problem = "" if right else _OLD_WRONG
        if problem:
            return await _page(request, status=422, password_problem=problem, first=not me.has_password)
        await users.set_password(conn, me.id, new)
        await store.end_others(conn, me.id, current(request).id)
        await audit.record(conn, "user.password_changed", user_id=me.id, peer=peer(request))
    return see_other(request, "/profile?saved=password" if me.has_password else "/")


async def start_second_step(request: web.Request) -> web.StreamResponse:
    """A new secret; it counts only after a first code from it was entered."""
    me = user(request)
    async with transaction(request) as conn:
        secret, address = await users.totp_begin(conn, runtime(request).cipher, me.id, issuer="Omnihub")
    return await _page(request, secret=secret, otpauth=address)


async def confirm_second_step(request: web.Request) -> web.StreamResponse:
    fields, me = await form(request), user(request)
    async with transaction(request) as conn:
        if not await users.totp_confirm(
            conn, runtime(request).cipher, me.id, fields.get("secret", ""), fields.get("code", "")
        ):
            return await _page(
                request,
                status=422,
                secret=fields.get("secret", ""),
                otpauth=fields.get("otpauth", ""),
                code_problem=N_(
                    "This code does not match. Check the clock of your phone and enter the newest code."
                ),
            )
        await audit.record(conn, "user.second_step_set", user_id=me.id, peer=peer(request))
    return see_other(request, "/profile?saved=second-step#second-step")


async def remove_second_step(request: web.Request) -> web.StreamResponse:
    fields, me = await form(request), user(request)
    async with transaction(request) as conn:
        if me.has_password and not await users.verify_password(conn, me.email, fields.get("present", "")):
            return await _page(request, status=422, code_problem=_OLD_WRONG)
        await users.totp_remove(conn, me.id)
        await audit.record(conn, "user.second_step_removed", user_id=me.id, peer=peer(request))
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


async def _page(request: web.Request, *, status: int = 200, **values: Any) -> web.Response:
    async with transaction(request) as conn:
        sessions = await store.sessions_of(conn, user(request).id)
        request[USER] = await users.get(conn, user(request).id)
    defaults: dict[str, Any] = {
        "first": False,
        "saved": "",
        "secret": "",
        "otpauth": "",
        "password_problem": "",
        "code_problem": "",
        "sessions": sessions,
        "this_session": session.digest(request.cookies.get(session.COOKIE, "")),
    }
    with use_locale(locale_context(user(request).language, user(request).timezone)):
        for name in ("password_problem", "code_problem"):
            values[name] = gettext(values.get(name, ""))
        defaults["zones"] = zones.options(user(request).timezone)
        return page(request, "account/show.html", status=status, **{**defaults, **values})


def _session_id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Invalid(N_("This session does not exist."), field="session") from None


def _is_own_referer(request: web.Request) -> bool:
    return request.headers.get("Referer", "").startswith(
        (f"http://{request.host}/", f"https://{request.host}/")
    )
