"""Proof that an unsafe request was made by our own page: where it came from, and the session's token."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from aiohttp import web

from hub.web.posted import posted
from hub.wording.i18n import N_
from values.errors import Forbidden

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf"
HEADER = "X-CSRF-Token"
_STALE = N_("This page is out of date. Reload it and try again.")
_FOREIGN = N_("This request came from another site and was not carried out.")


def check_origin(request: web.Request, public_url: str) -> None:
    """Refuse an unsafe request of another origin. Old browsers that name no origin pass on to the token."""
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden(_FOREIGN)
    origin = request.headers.get("Origin")
    if origin and _host(origin) not in (request.host, urlsplit(public_url).netloc):
        raise Forbidden(_FOREIGN)


def _host(origin: str) -> str | None:
    """None for what is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


async def check_token(request: web.Request, expected: str) -> None:
    """Refuse an unsafe request without the session's token, in the header or in the form."""
    if request.method in SAFE:
        return
    given = request.headers.get(HEADER, "")
    if not given:
        given = str((await posted(request)).get(FIELD, ""))
    if not secrets.compare_digest(given.encode(), expected.encode()):
        raise Forbidden(_STALE)
