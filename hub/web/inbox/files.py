"""Attachments: uploading, and showing them so that nothing in them can run in our pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from aiohttp import web
from aiohttp.web_request import FileField
from multidict import MultiMapping

from crm_core.sql import Conn
from hub.web.calls import listening
from hub.web.context import is_fragment, transaction, user, viewer
from hub.web.posted import posted
from hub.web.render import page
from hub.wording.i18n import N_
from inbox.files import service
from values.errors import Invalid, NotFound

INLINE = frozenset(
    f"{family}/{kind}"
    for family, kinds in {
        "image": ("png", "jpeg", "gif", "webp"),
        "audio": ("mpeg", "ogg", "wav", "x-wav", "webm", "mp4", "aac"),
        "video": ("mp4", "webm"),
    }.items()
    for kind in kinds
)
"""What a browser may show by itself; everything else is only downloaded."""
POLICY = "default-src 'none'; media-src 'self'; img-src 'self'; sandbox"
UPLOAD_LIMIT = 110 * 1024 * 1024


async def upload(request: web.Request) -> web.StreamResponse:
    """Keep files that are about to be sent; answers with a chip for each."""
    async with transaction(request) as conn:
        kept = await from_form(conn, request, await posted(request))
        if not kept:
            raise Invalid(N_("Choose a file."), field="file")
        opened = [await service.open_file(conn, viewer(request), id_) for id_ in kept]
    if not is_fragment(request):
        raise web.HTTPNotAcceptable
    chips = [
        {"id": id_, "name": row.name, "size": len(row.content)} for id_, row in zip(kept, opened, strict=True)
    ]
    return page(request, "inbox/chips.html", chips=chips)


async def from_form(conn: Conn, request: web.Request, fields: MultiMapping[Any]) -> list[UUID]:
    """Keep the files of a form; an empty file field is none."""
    kept: list[UUID] = []
    for field in fields.getall("file", []):
        if isinstance(field, FileField) and field.filename:
            with field.file as file:
                content = file.read()
            kept.append(
                await service.upload(
                    conn,
                    user_id=user(request).id,
                    name=field.filename,
                    mime=field.content_type,
                    content=content,
                )
            )
    return kept


async def show(request: web.Request) -> web.StreamResponse:
    """An attachment, for those who may see its conversation; in its own sandbox, in parts if asked."""
    try:
        id_ = UUID(request.match_info["id"])
    except ValueError:
        raise NotFound(N_("This file is not here.")) from None
    async with transaction(request) as conn:
        row = await service.open_file(conn, viewer(request), id_)
        is_recording = await listening.note(conn, request, id_)
    mime, content = row.mime.lower(), row.content
    is_inline = mime in INLINE and "download" not in request.query
    headers = {
        "Content-Security-Policy": POLICY,
        "Content-Disposition": f"{'inline' if is_inline else 'attachment'}; filename*=UTF-8''{quote(row.name)}",
        "Cache-Control": "no-store" if is_recording else "private, max-age=86400, immutable",
        "Accept-Ranges": "bytes",
        "Content-Type": mime if is_inline else "application/octet-stream",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return _part(request, content, headers)


def _part(request: web.Request, content: bytes, headers: dict[str, str]) -> web.Response:
    """The whole, or the range that a player asks for."""
    try:
        asked = request.http_range
    except ValueError:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    if asked.start is None and asked.stop is None:
        return web.Response(body=content, headers=headers)
    start, stop, _step = asked.indices(len(content))
    if start >= stop:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
    return web.Response(status=206, body=content[start:stop], headers=headers)
