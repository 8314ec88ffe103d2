"""Users, the audit log and the guide over HTTP."""

from __future__ import annotations

import aiohttp
import orjson

from tests.hub.web.conftest import Send
from tests.hub.web.reading import RULES, found
from tests.site import CSRF, Site, texts

USER = {"name": "Sokha", "email": "sokha@example.org", "role": "manager", "language": "km", "timezone": "UTC"}


async def test_a_user_is_added_and_the_link_signs_in_once(site: Site, send: Send) -> None:
    status, html, _ = await send("/users", capacity="20", extension="101", **USER)
    assert status == 200
    link = found(r"(/sign-in/link/[\w-]+)", html)
    stranger = await site.client()
    async with stranger.post(link, allow_redirects=False) as answer:
        assert answer.status == 303
    async with (await site.client()).post(link, allow_redirects=False) as answer:
        assert answer.status == 404
    status, html, _ = await send("/users", capacity="20", **USER)
    assert status == 422
    assert 'id="f-email-problem"' in html
    status, html, _ = await send("/users", capacity="lots", **{**USER, "email": "other@example.org"})
    assert status == 422
    assert 'id="f-capacity-problem"' in html


async def test_a_deactivated_user_is_out_at_once_and_the_last_admin_stays(site: Site, send: Send) -> None:
    dara, _ = await site.world.user("Dara")
    client = await site.client(dara)
    async with client.get("/profile") as answer:
        assert answer.status == 200
    assert (await send(f"/users/{dara.id}/removal"))[0] == 303
    async with client.get("/profile", allow_redirects=False) as answer:
        assert answer.status == 303
    boss = await site.world.value("SELECT id FROM crm_user WHERE role = 'admin'")
    assert (await send(f"/users/{boss}/removal"))[0] == 422
    status, html, _ = await send(f"/users/{boss}", capacity="5", **USER)
    assert status == 422
    assert "last admin" in texts(html)
    assert (await send(f"/users/{dara.id}/link"))[0] == 422
    assert (await send(f"/users/{dara.id}/restoration"))[0] == 303
    assert "/sign-in/link/" in (await send(f"/users/{dara.id}/link"))[1]


async def test_the_audit_log_tells_who_did_what(admin: aiohttp.ClientSession, send: Send) -> None:
    await send("/channels/sink/pause")
    await send("/channels/sink/pause/removal")
    async with admin.get("/audit?area=channel") as answer:
        html = texts(await answer.text())
    assert html.index("resumed a channel") < html.index("paused a channel")
    async with admin.get("/audit?area=token") as answer:
        assert "paused a channel" not in texts(await answer.text())


async def test_the_guide_ticks_by_looking_and_can_be_put_away(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    async with admin.get("/guide") as answer:
        assert "1 of 5 done" in texts(await answer.text())  # the sink is a channel of one's own
    await send("/users", capacity="20", **USER)
    await send("/rules", source=RULES + "\n# changed\n")
    async with admin.get("/guide") as answer:
        assert "3 of 5 done" in texts(await answer.text())
    assert (await send("/guide", dismissed="1"))[2] == "/settings"
    async with admin.get("/settings") as answer:
        html = await answer.text()
    assert 'data-nav="guide"' not in html
    assert "The guide is hidden." in texts(html)
    assert orjson.loads(await site.world.value("SELECT value::text FROM hub_setting")) is True
    async with admin.post("/guide", data={"csrf": CSRF}, allow_redirects=False) as answer:
        assert answer.status == 303
