"""A word on what was just done, carried by a signed cookie to the next page: where no script can show a notice at once."""

from __future__ import annotations

import base64
import hmac
from typing import Literal

import msgspec
from aiohttp import web

from hub.web.context import USER, is_fragment, runtime

COOKIE = "hub_flash"
LASTS = 60
LONGEST = 300
"""Characters of each text; a cookie holds four kilobytes."""
Icon = Literal["alert", "check", "moon", "user-plus"]


class Flash(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, in the reader's language; `about` is the second line and `act` what Undo takes back."""

    text: str
    about: str = ""
    act: str = ""
    icon: Icon = "check"


ACTED = web.RequestKey("acted", Flash)
"""The act that the answer tells of."""


def keep(request: web.Request, response: web.StreamResponse, flash: Flash) -> None:
    """For the page that the response leads to."""
    short = msgspec.structs.replace(flash, text=flash.text[:LONGEST], about=flash.about[:LONGEST])
    body = base64.urlsafe_b64encode(msgspec.json.encode(short)).decode()
    value = f"{body}.{_sign(request, body)}"
    response.set_cookie(COOKIE, value, max_age=LASTS, httponly=True, samesite="Lax")


def waiting(request: web.Request) -> Flash | None:
    """What the page that is drawn now has to say; a part of a page says nothing, and nobody else's words are said."""
    given = request.cookies.get(COOKIE, "")
    if not given or USER not in request or is_fragment(request):
        return None
    body, _, signed = given.partition(".")
    if not hmac.compare_digest(signed.encode(), _sign(request, body).encode()):
        return None
    return msgspec.json.decode(base64.urlsafe_b64decode(body), type=Flash)


def _sign(request: web.Request, body: str) -> str:
    """For this user alone: who signs in next on the same browser reads nothing."""
    key = runtime(request).cipher.derive("flash")
    return hmac.digest(key, f"{request[USER].id}.{body}".encode(), "sha256").hex()
