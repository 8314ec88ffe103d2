"""How often somebody may try to sign in: strangers by address and user, so that nobody can lock out somebody else."""

from __future__ import annotations

import hmac

from aiohttp import web

from hub.limits import count, forget, tally
from hub.peers import network_of, peer
from hub.web.context import runtime
from hub.web.session import is_secure

DEVICE = "hub_device"
DEVICE_LASTS = 365 * 86400
UNDER_ATTACK = 200
"""Tries an hour for one user, from anywhere, from which on strangers get fewer."""


async def check(request: web.Request, email: str) -> None:
    """Count a try. Raises Forbidden for whoever tried too often from here; a device known to the user has its own count."""
    redis, who, name = runtime(request).redis, network_of(peer(request)), email[:200]
    if _is_known(request, email):
        await count(redis, f"sign-in:device:{name}", limit=30, seconds=300)
        return
    await count(redis, f"sign-in:{who}", limit=40, seconds=300)
    tries = await tally(redis, f"sign-in::{name}", seconds=3600)
    await count(redis, _pair(who, name), limit=3 if tries > UNDER_ATTACK else 10, seconds=300)


async def succeeded(request: web.Request, email: str) -> None:
    """The password was right: this address begins anew."""
    redis, name = runtime(request).redis, email[:200]
    await forget(redis, _pair(network_of(peer(request)), name))
    await forget(redis, f"sign-in:device:{name}")


def remember(request: web.Request, response: web.StreamResponse, email: str) -> None:
    """Let the browser prove at later tries that this user signed in with it before. It opens nothing."""
    response.set_cookie(
        DEVICE,
        _sign(request, email),
        max_age=DEVICE_LASTS,
        httponly=True,
        samesite="Lax",
        path="/sign-in",
        secure=is_secure(request),
    )


def _pair(who: str, name: str) -> str:
    return f"sign-in:{who}:{name}"


def _is_known(request: web.Request, email: str) -> bool:
    given = request.cookies.get(DEVICE, "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), _sign(request, email).encode())


def _sign(request: web.Request, email: str) -> str:
    return hmac.digest(
        runtime(request).cipher.derive("device"), email.lower().encode("utf-8", "replace"), "sha256"
    ).hex()
