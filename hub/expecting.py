"""The header `Expect`: 100-continue is answered, anything else is a 417, whatever bytes it is made of."""

from __future__ import annotations

from aiohttp import HttpVersion11, web

from hub.problems import Problem, response

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


async def expected(request: web.Request) -> web.Response | None:
    """An `expect_handler` of aiohttp: None lets the request go on. Its own writes what was sent back, and breaks over bytes."""
    wish = request.headers.get("Expect", "")
    if request.version < HttpVersion11:
        return None
    if wish.lower() != "100-continue":
        no = response(
            Problem(
                417,
                "This cannot be expected here",
                detail="Send 100-continue, or nothing.",
                code="expectation-failed",
            ),
            instance="" if not request.path.isascii() else request.path,
        )
        no.force_close()
        return no
    await request.writer.write(CONTINUE)
    request.writer.output_size = 0
    return None
