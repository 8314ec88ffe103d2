"""The form that was sent, read as UTF-8 within its time: what a stranger names as its charset is not asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import BodyPartReader, ClientPayloadError, MultipartReader, hdrs, web
from aiohttp.helpers import parse_mimetype
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict, MultiDictProxy

from hub.wording.i18n import N_
from values.errors import Invalid

SLOWEST = 16 * 1024
"""Bytes a second of the slowest line that an upload is waited for."""
PATIENCE = 30.0
POSTED: web.RequestKey[MultiDictProxy[Any]] = web.RequestKey("posted", MultiDictProxy)
UNREADABLE = (
    ValueError,
    AssertionError,
    RuntimeError,
    HttpProcessingError,
    ClientPayloadError,
    web.RequestPayloadError,
)
"""What aiohttp raises for broken multipart, for bytes that are no UTF-8 and for a body that breaks off."""
_UNREADABLE = N_("This form cannot be read. Load the page again and repeat what you did.")


class Utf8Part(BodyPartReader):
    """A part whose text is UTF-8, whatever its header says; bytes that are none become replacement signs."""

    def get_charset(self, default: str) -> str:
        return "utf-8"

    async def decode_iter(self, data: Any) -> AsyncIterator[bytes]:
        """Files as they are; a text is mended, since aiohttp decodes it strictly."""
        async for chunk in super().decode_iter(data):
            yield chunk if self.filename else bytes(chunk).decode("utf-8", "replace").encode()


MultipartReader.part_reader_cls = Utf8Part


def utf8_headers(request: web.Request) -> CIMultiDict[str]:
    """The request's headers, its content type without a charset but UTF-8."""
    headers = CIMultiDict(request.headers)
    given = headers.get(hdrs.CONTENT_TYPE, "")
    if "charset" in given.lower():
        kind = parse_mimetype(given)
        boundary = kind.parameters.get("boundary")
        plain = f"{kind.type}/{kind.subtype}" if kind.type and kind.subtype else "application/octet-stream"
        headers[hdrs.CONTENT_TYPE] = f'{plain}; boundary="{boundary}"' if boundary else plain
    return headers


async def posted(request: web.Request) -> MultiDictProxy[Any]:
    """The fields and files of a form. Raises Invalid for what is none, 408 for one that comes too slowly."""
    size = min(request.content_length or request.client_max_size, request.client_max_size)
    try:
        async with asyncio.timeout(PATIENCE + size / SLOWEST):
            request[POSTED] = data = await request.post()
            return data
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except UNREADABLE:
        raise Invalid(_UNREADABLE) from None
