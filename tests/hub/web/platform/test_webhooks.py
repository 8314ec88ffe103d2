"""Webhooks over HTTP: their log, and sending again."""

from __future__ import annotations

import aiohttp

from tests.hub.web.conftest import Send
from tests.site import Site


async def test_a_webhook_keeps_its_log_and_sends_again(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    hook = {"url": "https://example.org/hook", "secret": "long enough secret"}
    assert (await send("/webhooks", [("fact", "deal.won")], **{**hook, "url": "ftp://x"}))[0] == 422
    assert (await send("/webhooks", **hook))[0] == 422
    status, _, location = await send("/webhooks", [("fact", "deal.won")], **hook)
    assert status == 303
    assert (await send(f"{location}/pings"))[0] == 303
    row = (await site.world.fetch("SELECT * FROM hub_webhook_delivery"))[0]
    await site.world.fetch(
        "UPDATE hub_webhook_delivery SET state = 'failed', status = 500, response = '<oh>'"
    )
    async with admin.get(location) as answer:
        html = await answer.text()
    assert "&lt;oh&gt;" in html
    assert "long enough secret" not in html
    assert (await send(f"{location}/deliveries/{row['id']}/retry"))[0] == 303
    assert await site.world.value("SELECT state FROM hub_webhook_delivery") == "waiting"
    assert (await send(f"{location}/deliveries/nonsense/retry"))[0] == 404
    assert (await send(f"{location}/removal"))[2] == "/webhooks?done=removed"
    assert (await send(f"{location}/pings"))[0] == 404
