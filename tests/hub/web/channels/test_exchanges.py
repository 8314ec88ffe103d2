"""A channel's page leads to what it asked its provider, a failed message to its own requests; silence and alarms by page."""

from __future__ import annotations

import re

import aiohttp
import pytest

from connectors.contract import Exchange
from hub.alarms import service as alarms
from tests.hub.web.conftest import Send
from tests.site import CSRF, Site, texts

WORDS = "words of a customer"


async def noted(site: Site, message_id: int | None = None) -> None:
    channel_id = await site.world.value("SELECT id FROM inbox_channel WHERE slug = 'sink'")
    for status in (200, 503):
        said = Exchange(
            protocol="http",
            request="POST https://x.example/<b>",
            status=status,
            sent={"text": WORDS},
            answer=b"<i>no</i>",
        )
        site.world.runtime.exchanges.note(channel_id, (), said)
    await site.world.runtime.exchanges.flush()
    if message_id:
        await site.world.fetch("UPDATE inbox_exchange SET message_id = $1", message_id)


async def get(client: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    async with client.get(path) as answer:
        return answer.status, await answer.text()


async def test_the_page_shows_both_bodies_as_text(site: Site, admin: aiohttp.ClientSession) -> None:
    await noted(site)
    status, html = await get(admin, "/channels/sink/requests")
    assert status == 200
    assert html.count(WORDS) == 2
    assert "<i>no</i>" not in html
    assert "https://x.example/<b>" not in html
    _, failed = await get(admin, "/channels/sink/requests?failed=1")
    assert failed.count(WORDS) == 1
    _, channel = await get(admin, "/channels/sink")
    assert "Of 2 requests of the last day, 1 failed." in texts(channel)
    for query in ("message=99999999999999999999", "message=x", "message=٣", "failed="):
        assert (await get(admin, f"/channels/sink/requests?{query}"))[0] == 200
    assert (await get(admin, "/channels/sink/requests?after=x"))[0] in (400, 422)
    assert (await get(admin, "/channels/nowhere/requests"))[0] == 404


async def test_operations_see_the_bodies_of_what_failed_only_and_managers_nothing(site: Site) -> None:
    await noted(site)
    ops, _ = await site.world.user("Oscar", role="ops")
    anna, _ = await site.world.user("Anna")
    status, html = await get(await site.client(ops), "/channels/sink/requests")
    assert (status, html.count(WORDS)) == (200, 1)
    assert (await get(await site.client(anna), "/channels/sink/requests"))[0] == 403


async def test_a_message_leads_to_its_requests(site: Site, admin: aiohttp.ClientSession) -> None:
    await site.world.post(sender="+12025550111", text="hi")
    await site.world.settled()
    id_ = await site.world.value("SELECT max(id) FROM inbox_message")
    await noted(site, id_)
    async with admin.get(f"/messages/{id_}/requests") as answer:
        assert str(answer.url).endswith(f"/channels/sink/requests?message={id_}")
        assert WORDS in await answer.text()
    assert (await get(admin, "/messages/999999999/requests"))[0] == 404
    assert (await get(admin, "/messages/99999999999999999999999/requests"))[0] == 404


async def test_the_silence_alarm_is_set_and_left_to_history(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    typed = {"after_hours": "1,5", "opens": "22:00", "closes": "00:00", "zone": "Asia/Phnom_Penh"}
    status, _, address = await send("/channels/sink/silence", [("day", "1"), ("day", "5")], **typed)
    assert status == 303
    assert re.fullmatch(r"/channels/sink\?saved=\d+#silence", address), (
        "the same address would show nothing new"
    )
    (row,) = await site.world.fetch("SELECT * FROM inbox_silence_rule")
    assert (row["after_hours"], row["opens"], row["closes"], row["days"]) == (1.5, 1320, 1440, [1, 5])
    _, html = await get(admin, "/channels/sink")
    assert 'value="1.5"' in html
    assert 'value="22:00"' in html
    for wrong in ({"after_hours": "two"}, {"after_hours": "0"}, {"opens": "x"}, {"zone": "Mars"}):
        status, html, _ = await send("/channels/sink/silence", [("day", "1")], **(typed | wrong))
        assert status == 422, wrong
    assert (await send("/channels/sink/silence", **typed))[0] == 422  # no day
    assert (await send("/channels/sink/silence", after_hours=""))[0] == 303
    assert not await site.world.fetch("SELECT * FROM inbox_silence_rule")


async def test_an_alarm_is_dismissed_and_opened_again(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    await site.world.fetch("UPDATE inbox_channel SET alarm = 'Nothing came for 3 hours.' WHERE slug = 'sink'")
    async with site.world.pool.acquire() as conn, conn.transaction():
        await alarms.look(conn)
    assert (await send("/alarms/silence/sink/dismissal"))[0] == 303
    _, html = await get(admin, "/alarms")
    assert "Dismissed" in texts(html)
    assert (await send("/alarms/silence/sink/dismissal/removal"))[0] == 303
    assert "Dismissed" not in texts((await get(admin, "/alarms"))[1])
    assert (await send("/alarms/silence/nowhere/dismissal"))[0] == 404
    for odd in ("quarantine/%239", "quarantine/%00", "nothing/sink", "%ED%A0%80/x"):
        assert (await send(f"/alarms/{odd}/dismissal"))[0] == 404, odd


@pytest.mark.parametrize(("role", "is_offered"), [("admin", True), ("manager", False)])
async def test_only_who_may_see_requests_is_led_to_them(site: Site, role: str, is_offered: bool) -> None:
    """On the page and in what is pushed: it is decided by the ability, on the hub."""
    me, _ = await site.world.user("Dara", role=role)
    id_ = await site.conversation("Hello")
    await site.assign(id_, me)
    client = await site.client(me)
    form = {"csrf": CSRF, "text": "Good day", "kind": "reply"}
    async with client.post(f"/conversations/{id_}/messages", data=form) as answer:
        assert answer.status == 200
    await site.world.settled()
    await site.world.fetch("UPDATE inbox_message SET delivery = 'failed' WHERE direction = 'out'")
    for address in (f"/conversations/{id_}", f"/conversations/{id_}/messages?after=0"):
        async with client.get(address) as answer:
            html = await answer.text()
        assert "Not sent" in html
        assert ("/requests" in html) is is_offered
