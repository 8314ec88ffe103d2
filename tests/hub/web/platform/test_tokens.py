"""Tokens of the API over HTTP: shown once, limited to their scopes, revoked."""

from __future__ import annotations

import aiohttp

from hub.api import tokens
from tests.hub.web.conftest import Send
from tests.hub.web.reading import found
from tests.site import Site


async def test_a_token_is_shown_once_works_and_is_revoked(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    status, html, _ = await send(
        "/tokens", [("scope", "deals:read"), ("scope", "contacts:read")], name="Books"
    )
    assert status == 200
    token = found(r"(hub_[\w-]{20,})", html)
    async with site.world.pool.acquire() as conn:
        bearer = await tokens.bearer(conn, token)
    assert bearer
    assert bearer.allows("deals", writing=False)
    assert not bearer.allows("deals", writing=True)
    async with admin.get("/tokens") as answer:
        assert token not in await answer.text()
    assert (await send("/tokens", name="No scope"))[0] == 422
    assert (await send("/tokens", [("scope", "root")], name="Bad scope"))[0] == 422
    assert (await send(f"/tokens/{bearer.token_id}/removal"))[0] == 303
    async with site.world.pool.acquire() as conn:
        assert await tokens.bearer(conn, token) is None
    assert token not in str(await site.world.fetch("SELECT * FROM hub_audit"))
