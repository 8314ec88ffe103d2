"""Style sheets and scripts of the public pages, and the scripts that other sites load."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import orjson
from aiohttp import web

from connectors.sitechat.settings import settings_of as chat_settings
from connectors.webform.origins import frame_ancestors
from connectors.webform.render import theme
from connectors.webform.settings import settings_of as form_settings
from hub.public.channel import channel_of

STATIC: Final = Path(__file__).parent / "static"
TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
SCRIPT: Final = {
    "Content-Type": "text/javascript; charset=utf-8",
    "Cache-Control": "public, max-age=300",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


async def serve(request: web.Request) -> web.StreamResponse:
    """A style sheet or module, asked for anew each time and seldom sent anew."""
    path = (STATIC / request.match_info["path"]).resolve()
    if not path.is_relative_to(STATIC) or not path.is_file() or path.suffix not in TYPES:
        raise web.HTTPNotFound
    headers = {
        "Content-Type": f"{TYPES[path.suffix]}; charset=utf-8",
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)


async def chat_script(request: web.Request) -> web.StreamResponse:
    """The script tag of the chat."""
    channel = channel_of(request, "sitechat")
    if channel.row.is_paused:
        return web.Response(text="// The chat is paused.\n", headers=SCRIPT)
    settings = chat_settings(channel.config)
    values = {
        "color": settings.color,
        "side": settings.side,
        "title": settings.title,
        "theme": settings.theme,
    }
    return web.Response(text=_script("chat.js", values), headers=SCRIPT)


async def form_script(request: web.Request) -> web.StreamResponse:
    """The script tag of a form."""
    channel = channel_of(request, "webform")
    settings = form_settings(channel.config)
    values = {"honeypot": settings.honeypot, "title": settings.title, "wait": settings.min_seconds}
    return web.Response(text=_script("form.js", values), headers=SCRIPT)


async def chat_theme(request: web.Request) -> web.StreamResponse:
    return _theme(chat_settings(channel_of(request, "sitechat").config).color)


async def form_theme(request: web.Request) -> web.StreamResponse:
    return _theme(form_settings(channel_of(request, "webform").config).color)


def page_policy(allowed: tuple[str, ...]) -> dict[str, str]:
    """Headers of the chat's page: nothing foreign in it, in a frame only where the list allows."""
    return {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; form-action 'none'; base-uri 'none'; "
        f"frame-ancestors {frame_ancestors(allowed)}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cache-Control": "no-store",
    }


def _theme(color: str) -> web.Response:
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return web.Response(text=theme(color), content_type="text/css", charset="utf-8", headers=headers)


def _script(name: str, values: Mapping[str, str | float]) -> str:
    """One file, closed off from the page's own names: the settings, where the visitor came from, then the part itself."""
    # JSON is a JavaScript literal as it stands; `</` cannot end anything in a file of its own.
    settings = orjson.dumps(values).decode()
    return "\n".join(("(() => {", '"use strict";', f"const SETTINGS = {settings};", *_parts(name), "})();\n"))


@lru_cache(maxsize=4)
def _parts(name: str) -> tuple[str, ...]:
    folder = STATIC.parent / "embed"
    return tuple((folder / part).read_text(encoding="utf-8") for part in ("hub.js", "touch.js", name))
