"""Who is signed in: the cookie, its row, and what a request learns from it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from aiohttp import web

from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import User, Viewer
from hub.peers import peer
from hub.web import store
from hub.web.context import SESSION, USER, VIEWER, runtime
from values.errors import NotFound

COOKIE = "hub_session"
LASTS = timedelta(days=14)


async def load(request: web.Request) -> None:
    """Put user, viewer, session and csrf into the request; without a valid cookie it gets none of them."""
    token = request.cookies.get(COOKIE, "")
    if not token or len(token) > 128:
        return
    async with runtime(request).pool.acquire() as conn:
        found = await store.find_session(conn, digest(token))
        if found is None:
            return
        try:
            user = await users.get(conn, found.user_id)
        except NotFound:
            return
        if not user.is_active:
            return
        await store.seen(conn, found.id, lasts=LASTS, peer=peer(request))
    remember(request, found, user)


def remember(request: web.Request, found: store.Session, user: User) -> None:
    request[SESSION] = found
    request[USER] = user
    request[VIEWER] = Viewer.of(user)


async def begin(conn: Conn, request: web.Request, user: User) -> str:
    """Sign a user in; the returned token goes into the cookie. Sessions that ran out are swept on the way."""
    token = secrets.token_urlsafe(32)
    await store.sweep(conn)
    await store.open_session(
        conn,
        ident=digest(token),
        user_id=user.id,
        csrf=secrets.token_urlsafe(24),
        lasts=LASTS,
        agent=request.headers.get("User-Agent", "")[:300],
        peer=peer(request),
    )
    return token


def set_cookie(request: web.Request, response: web.StreamResponse, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=is_secure(request),
        path="/",
    )


def clear_cookie(request: web.Request, response: web.StreamResponse) -> None:
    response.del_cookie(COOKIE, path="/", secure=is_secure(request), httponly=True, samesite="Lax")


def is_secure(request: web.Request) -> bool:
    """Whether people reach the hub by https."""
    return runtime(request).settings.public_url.startswith("https://")


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
