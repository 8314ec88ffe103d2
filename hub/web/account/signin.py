"""Signing in: password, second step, one-time link; and out again."""

from __future__ import annotations

import hmac
import time
from dataclasses import replace

from aiohttp import web

from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import User
from hub.audit import service as audit
from hub.limits import count
from hub.peers import network_of, peer
from hub.web import links, navigation, session, store, tries, zones
from hub.web.context import form, is_signed_in, runtime, transaction, user
from hub.web.context import session as current
from hub.web.forms import Form, form_page, id_in, refused
from hub.web.own_path import own_path
from hub.web.render import TELL_ZONE, page, see_other
from hub.wording.catalogs import LANGUAGES
from hub.wording.i18n import N_, gettext
from values.errors import Forbidden, Invalid, NotFound

STEP = "hub_second_step"
STEP_LASTS = 300
_WRONG = N_("Email or password is wrong.")
_WRONG_CODE = N_("This code is wrong or has expired. Enter the newest one.")
_DEAD_LINK = N_("This sign-in link was already used or has expired. Ask for a new one.")


async def home(request: web.Request) -> web.StreamResponse:
    return see_other(request, navigation.home(user(request)))


async def show(request: web.Request) -> web.StreamResponse:
    if is_signed_in(request):
        return see_other(request, _next(request, user(request)))
    return _form(request)


async def submit(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    email, password = fields.get("email", "").strip().lower(), fields.get("password", "")
    try:
        await tries.check(request, email)
    except Forbidden as error:
        return _form(request, _refused(email, str(error), status=429))
    async with transaction(request) as conn:
        found = await users.verify_password(conn, email, password)
        if found is None:
            known = await users.by_email(
                conn, email
            )  # what is no user's may be a password in the wrong field
            await audit.record(
                conn, "session.refused", peer=peer(request), target=email if known else "an unknown address"
            )
            return _form(request, _refused(email, _WRONG))
        await tries.succeeded(request, email)
        if found.has_totp:
            return _to_second_step(request, found)
        return await _enter(request, conn, found, how="password", zone=fields.get("zone", ""))


async def show_code(request: web.Request) -> web.StreamResponse:
    if _half_signed_in(request) is None:
        return see_other(request, "/sign-in")
    return _code(request, Form(given={"code": ""}), request.query.get("next", ""))


async def submit_code(request: web.Request) -> web.StreamResponse:
    user_id = _half_signed_in(request)
    if user_id is None:
        return see_other(request, "/sign-in")
    fields = await form(request)
    try:
        await count(runtime(request).redis, f"code:{user_id}", limit=6, seconds=300)
    except Forbidden as error:
        shown = Form(given={"code": ""}, problems={"code": gettext(str(error))}, status=429)
        return _code(request, shown, fields.get("next", ""))
    async with transaction(request) as conn:
        if await users.totp_verify(conn, runtime(request).cipher, user_id, fields.get("code", "")):
            found, zone = await users.get(conn, user_id), fields.get("zone", "")
            response = await _enter(request, conn, found, how="second step", zone=zone)
            response.del_cookie(STEP, path="/sign-in")
            return response
        await audit.record(conn, "session.refused", user_id=user_id, peer=peer(request), target="second step")
    return _code(
        request, refused(Invalid(_WRONG_CODE), fields, {"code": ""}, at="code"), fields.get("next", "")
    )


async def show_link(request: web.Request) -> web.StreamResponse:
    """Only asks: a program that previews links must not burn it."""
    token = request.match_info["token"]
    async with transaction(request) as conn:
        user_id = await store.peek_link(conn, links.digest(token))
        if user_id is None:
            raise NotFound(_DEAD_LINK)
        return page(request, "account/link.html", person=await users.get(conn, user_id))


async def use_link(request: web.Request) -> web.StreamResponse:
    zone = (await form(request)).get("zone", "")
    await count(runtime(request).redis, f"link:{network_of(peer(request))}", limit=40, seconds=300)
    async with transaction(request) as conn:
        user_id = await store.use_link(conn, links.digest(request.match_info["token"]))
        if user_id is None:
            raise NotFound(_DEAD_LINK)
        found = await users.get(conn, user_id)
        if not found.is_active:
            raise NotFound(_DEAD_LINK)
        if found.has_totp:
            return _to_second_step(request, found)
        return await _enter(request, conn, found, how="link", zone=zone)


async def sign_out(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        await store.end_session(conn, current(request).id, user(request).id)
        await audit.record(conn, "session.ended", user_id=user(request).id, peer=peer(request))
    response = see_other(request, "/sign-in")
    session.clear_cookie(request, response)
    return response


async def choose_language(request: web.Request) -> web.StreamResponse:
    """Before sign-in the language is kept in a cookie."""
    language = (await form(request)).get("language", "")
    if language not in LANGUAGES:
        raise Invalid(N_("This language is not available."), field="language")
    response = see_other(request, "/sign-in")
    response.set_cookie("hub_language", language, max_age=31536000, samesite="Lax", httponly=True)
    return response


def _form(request: web.Request, shown: Form | None = None) -> web.Response:
    shown = shown or Form(given={"email": ""})
    return form_page(request, "account/sign_in.html", shown, next=request.query.get("next", ""))


def _refused(email: str, sentence: str, *, status: int = 422) -> Form:
    """The address as it was typed, never the password."""
    return replace(refused(Invalid(sentence), {"email": email}, {"email": ""}), status=status)


def _code(request: web.Request, shown: Form, target: str) -> web.Response:
    return form_page(request, "account/code.html", shown, next=target)


async def _enter(request: web.Request, conn: Conn, found: User, *, how: str, zone: str) -> web.Response:
    """`zone` is that of the browser: it becomes the user's at the first sign-in, and the next page says so."""
    token = await session.begin(conn, request, found)
    is_new_zone = zones.is_known(zone) and await users.suggest_timezone(conn, found.id, zone)
    await audit.record(conn, "session.begun", user_id=found.id, peer=peer(request), data={"how": how})
    response = see_other(request, _next(request, found) if found.has_password else "/profile?first=1")
    session.set_cookie(request, response, token)
    if is_new_zone and zone != found.timezone:
        response.set_cookie(TELL_ZONE, "1", max_age=300, httponly=True, samesite="Lax")
    tries.remember(request, response, found.email)
    return response


def _next(request: web.Request, found: User) -> str:
    """Where the reader wanted to go; only paths of this site."""
    return own_path(request.query.get("next", "")) or navigation.home(found)


def _to_second_step(request: web.Request, found: User) -> web.Response:
    until = int(time.time()) + STEP_LASTS
    target = request.query.get("next", "")
    address = request.app.router["signin-code"].url_for().with_query({"next": target} if target else {})
    response = see_other(request, str(address))
    signed = f"{found.id}.{until}.{_sign(request, found.id, until)}"
    response.set_cookie(
        STEP,
        signed,
        max_age=STEP_LASTS,
        httponly=True,
        samesite="Lax",
        path="/sign-in",
        secure=session.is_secure(request),
    )
    return response


def _half_signed_in(request: web.Request) -> int | None:
    """The user whose password was right a moment ago."""
    try:
        named, lasts, given = request.cookies.get(STEP, "").split(".")
    except ValueError:
        return None
    user_id, until = id_in(named), id_in(lasts)
    if user_id is None or until is None:
        return None
    is_right = hmac.compare_digest(given.encode(), _sign(request, user_id, until).encode())
    return user_id if is_right and until > time.time() else None


def _sign(request: web.Request, user_id: int, until: int) -> str:
    key = runtime(request).cipher.derive("second-step")
    return hmac.digest(key, f"{user_id}.{until}".encode(), "sha256").hex()
