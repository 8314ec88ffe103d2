"""Files of a visitor's thread, by signed link; shown in place only where a browser can do nothing with them but show."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from aiohttp import web

from crm_core.users.model import SYSTEM
from hub.public.channel import channel_of, runtime_of
from hub.public.thread import PICTURES, may_open
from inbox.files import service as files
from values.errors import NotFound


async def serve(request: web.Request) -> web.StreamResponse:
    """One file. A wrong, old or foreign key finds nothing."""
    channel = channel_of(request, "sitechat")
    try:
        file_id = UUID(request.match_info["id"])
    except ValueError:
        raise web.HTTPNotFound from None
    if not may_open(channel.config, file_id, request.query.get("key", "")):
        raise web.HTTPNotFound(text="This link is no longer good. Reload the chat.")
    try:
        async with runtime_of(request).pool.acquire() as conn:
            row = await files.open_file(conn, SYSTEM, file_id)
    except NotFound:
        raise web.HTTPNotFound from None
    is_picture = row.mime in PICTURES
    return web.Response(
        body=row.content,
        headers={
            "Content-Type": row.mime if is_picture else "application/octet-stream",
            "Content-Disposition": f"{'inline' if is_picture else 'attachment'}; filename*=UTF-8''{quote(row.name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "private, max-age=86400",
        },
    )
