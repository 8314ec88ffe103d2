"""Files that go out, fetched by providers under a signed address: nothing else opens them without signing in."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote
from uuid import UUID

from aiohttp import web

from hub import file_links
from hub.public.channel import runtime_of
from inbox.files import store as files

SHOWN: Final = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")
FAMILIES: Final = ("audio/", "video/")


async def serve(request: web.Request) -> web.StreamResponse:
    """One file under its own type where a browser can do nothing with it but show it. A wrong or old key finds nothing."""
    hub, info = runtime_of(request), request.match_info
    try:
        id_ = UUID(info["id"])
    except ValueError:
        raise web.HTTPNotFound from None
    if not file_links.is_good(hub.cipher, id_, info["until"], info["key"]):
        raise web.HTTPNotFound(text="This link is no longer good.")
    async with hub.pool.acquire() as conn:
        row = await files.one(conn, id_)
    if row is None:
        raise web.HTTPNotFound
    is_plain = row.mime in SHOWN or row.mime.startswith(FAMILIES)
    return web.Response(
        body=row.content,
        headers={
            "Content-Type": row.mime if is_plain else "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "private, max-age=3600",
        },
    )
