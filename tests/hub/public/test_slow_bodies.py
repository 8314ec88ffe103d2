"""Bodies that never end: whoever opens a session and says half a word is let go, and what is no body is told so."""

from __future__ import annotations

import asyncio

import pytest
from yarl import URL

from hub import bodies
from tests.servers.site import Site

PATHS = ("/chat/chat/session", "/form/form/session", "/chat/chat/presence", "/in/form", "/in/chat")
LONG = 30.0


async def ask(site: Site, path: str, rest: bytes) -> int:
    """The status of a POST whose head ends with `rest`."""
    url = URL(site.hub)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode() + rest)
    async with asyncio.timeout(LONG):
        status = int((await reader.readline()).split()[1])
    writer.close()
    return status


@pytest.fixture
async def channels(site: Site) -> None:
    await site.channel("form", "webform")
    await site.channel("chat", "sitechat")


@pytest.mark.usefixtures("channels")
async def test_half_a_body_is_not_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_WITHIN", 0.1)
    for path in PATHS:
        for rest in (b"Content-Length: 900\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n"):
            if path.startswith("/in/") and b"chunked" in rest:
                continue  # waited for as long as the largest one takes
            assert await ask(site, path, rest) == 408, (path, rest)


@pytest.mark.usefixtures("channels")
async def test_a_body_that_is_framed_wrongly_is_told_so(site: Site) -> None:
    for path in PATHS:
        assert await ask(site, path, b"Transfer-Encoding: chunked\r\n\r\nno length\r\n\r\n") == 400, path
