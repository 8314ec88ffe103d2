"""Connecting, changing, testing, pausing and removing channels over HTTP."""

from __future__ import annotations

import aiohttp

from inbox.channels.secrets import open_sealed
from tests.hub.web.conftest import Send
from tests.site import Site, texts

PHONE = {"name": "Front desk", "slug": "desk", "language": "en", "region": "kh", "bot": "1", "action": "save"}
CHANNEL = "SELECT * FROM inbox_channel WHERE slug = $1"


async def test_a_channel_is_connected_and_its_secret_sealed(site: Site, send: Send) -> None:
    status, _, location = await send("/channels/new/telephony", s_secret="open sesame", **PHONE)
    assert (status, location) == (303, "/channels/desk?saved=new")
    row = (await site.world.fetch(CHANNEL, "desk"))[0]
    assert (row["name"], row["region"], row["bot"], row["connector"]) == (
        "Front desk",
        "KH",
        True,
        "telephony",
    )
    assert "sesame" not in str(row["settings"])
    assert open_sealed(row["settings"], cipher=site.world.runtime.cipher)["secret"] == "open sesame"
    assert site.world.runtime.directory.by_slug("desk")
    said = await site.world.fetch("SELECT action, target, data FROM hub_audit")
    assert [(row["action"], row["target"]) for row in said] == [("channel.created", "desk")]
    assert "sesame" not in str(said)


async def test_what_is_missing_is_told_at_its_field_and_nothing_is_saved(site: Site, send: Send) -> None:
    status, html, _ = await send("/channels/new/telephony", **{**PHONE, "slug": "Bad slug!", "name": " "})
    assert status == 422
    for field in ("f-name-problem", "f-slug-problem", "f-s_secret-problem"):
        assert f'id="{field}"' in html
    assert not await site.world.fetch(CHANNEL, "desk")


async def test_a_failed_test_keeps_a_channel_from_being_saved_unless_wanted(site: Site, send: Send) -> None:
    mail = {
        **PHONE,
        "slug": "box",
        "s_address": "a@example.org",
        "s_receive": "imap",
        "s_imap_host": "127.0.0.1",
    }
    mail |= {"s_imap_port": "1", "s_imap_security": "none", "s_imap_password": "x"}
    status, html, _ = await send("/channels/new/email", **mail)
    assert status == 200
    assert 'value="anyway"' in html
    assert not await site.world.fetch(CHANNEL, "box")
    status, _, location = await send("/channels/new/email", **{**mail, "action": "anyway"})
    assert (status, location) == (303, "/channels/box?saved=new")
    row = (await site.world.fetch(CHANNEL, "box"))[0]
    assert row["settings"]["imap_port"] == 1
    assert row["state"] != "connected"


async def test_only_testing_saves_nothing(site: Site, send: Send) -> None:
    status, html, _ = await send("/channels/new/webform", **{**PHONE, "slug": "f2", "action": "test"})
    assert status == 200
    assert "The test passed." in texts(html)
    assert not await site.world.fetch(CHANNEL, "f2")


async def test_an_empty_secret_stays_and_a_number_is_checked(site: Site, send: Send) -> None:
    await send("/channels/new/telephony", s_secret="open sesame", **PHONE)
    status, _, _ = await send("/channels/desk", **{**PHONE, "name": "Desk 2", "s_secret": ""})
    assert status == 303
    row = (await site.world.fetch(CHANNEL, "desk"))[0]
    assert row["name"] == "Desk 2"
    assert open_sealed(row["settings"], cipher=site.world.runtime.cipher)["secret"] == "open sesame"
    await send("/channels/new/webform", **{**PHONE, "slug": "form"})
    status, html, _ = await send("/channels/form", **{**PHONE, "s_max_files": "many"})
    assert status == 422
    assert 'id="f-s_max_files-problem"' in html


async def test_a_taken_short_name_is_told(send: Send) -> None:
    status, html, _ = await send("/channels/new/webform", **{**PHONE, "slug": "sink"})
    assert status == 422
    assert 'id="f-slug-problem"' in html


async def test_pausing_closes_the_door_and_resuming_opens_it(site: Site, send: Send) -> None:
    assert (await send("/channels/sink/pause"))[0] == 303
    assert await site.world.post(sender="+85512000001", text="hello") == 503
    assert (await send("/channels/sink/pause/removal"))[0] == 303
    assert await site.world.post(sender="+85512000001", text="hello") == 200


async def test_a_test_shows_and_keeps_what_the_provider_said(site: Site, send: Send) -> None:
    await send("/channels/new/webform", **{**PHONE, "slug": "form"})
    await site.world.fetch("UPDATE inbox_channel SET state = 'transient' WHERE slug = 'form'")
    status, html, _ = await send("/channels/form/test")
    assert status == 200
    assert "Connected." in texts(html)
    assert (await site.world.fetch(CHANNEL, "form"))[0]["state"] == "connected"


async def test_a_removed_channel_is_gone_from_the_list_and_its_door_closed(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    assert (await send("/channels/sink/removal"))[2] == "/channels?removed=1"
    async with admin.get("/channels") as answer:
        assert "/channels/sink" not in await answer.text()
    assert await site.world.post(sender="+85512000001", text="hello") == 404
    assert (await send("/channels/sink/removal"))[0] == 404


async def test_a_stored_secret_is_asked_for_anew_when_it_would_go_elsewhere(site: Site, send: Send) -> None:
    """Not even the test of what was typed takes it there."""
    bot = {**PHONE, "slug": "bot", "s_token": "1234:abc", "s_mode": "polling", "action": "anyway"}
    assert (await send("/channels/new/telegram", **bot))[0] == 303
    elsewhere = {**PHONE, "s_token": "", "s_mode": "polling", "s_api_base": f"{site.url}/api"}
    for action in ("test", "save", "anyway"):
        status, html, _ = await send("/channels/bot", **{**elsewhere, "action": action})
        assert status == 422
        assert "would go to another place now: enter it anew." in texts(html)
        assert "Leave it empty to keep it" not in texts(html)
    row = (await site.world.fetch(CHANNEL, "bot"))[0]
    assert open_sealed(row["settings"], cipher=site.world.runtime.cipher)["token"] == "1234:abc"
    assert "api_base" not in row["settings"]
    assert (await send("/channels/bot", **{**elsewhere, "s_token": "9:new", "action": "anyway"}))[0] == 303
    row = (await site.world.fetch(CHANNEL, "bot"))[0]
    assert open_sealed(row["settings"], cipher=site.world.runtime.cipher)["token"] == "9:new"
