"""The body of a request at a door, within a size and a time. What is no file is small: it will be parsed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError

BODY_WITHIN = 20.0
SLOWEST = 64 * 1024
"""Bytes a second of the slowest line that a large body is waited for."""
TEXT_LIMIT = 1024 * 1024
"""Bytes of JSON, of an urlencoded form, or of whatever else is no file."""
BROKEN = (web.RequestPayloadError, ClientPayloadError, HttpProcessingError)
"""What aiohttp raises for a body that breaks off or is framed wrongly."""
FILES = ("multipart/", "image/", "audio/", "video/", "message/", "application/octet-stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRefused(Exception):
    """A body that is not taken: the status, what is wrong, and what to do."""

    status: int
    title: str
    detail: str


async def read_body(request: web.Request, *, limit: int) -> bytes:
    """The whole body. Raises BodyRefused for one that is too large, too slow, compressed or broken off."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise BodyRefused(
            status=415, title="The body is compressed.", detail="Send it without Content-Encoding."
        )
    if not request.content_type.startswith(FILES):
        limit = min(limit, TEXT_LIMIT)
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    if not request.can_read_body:
        return b""
    if request.content.is_eof():  # it came with the head, as nearly all do
        whole = request.content.read_nowait()
        if len(whole) > limit:
            raise _too_large(limit)
        return whole
    try:
        async with in_time(request, limit):
            return await _chunks(request, limit)
    except TimeoutError:
        raise BodyRefused(
            status=408, title="The body did not arrive in time.", detail="Send it again."
        ) from None
    except BROKEN as error:
        raise BodyRefused(status=400, title="The body cannot be read.", detail=f"{error}.") from None


def in_time(request: web.Request, limit: int) -> asyncio.Timeout:
    """As long as a body of this length, or of `limit`, takes on the slowest line that is waited for."""
    return asyncio.timeout(BODY_WITHIN + (request.content_length or limit) / SLOWEST)


async def _chunks(request: web.Request, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(limit: int) -> BodyRefused:
    return BodyRefused(
        status=413, title=f"The body is larger than {limit} bytes.", detail="Send less, or a smaller file."
    )
