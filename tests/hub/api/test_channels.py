"""Channels over the API: settings change one by one, secrets stay and stay secret."""

from __future__ import annotations

import asyncio
from typing import Any

from connectors.contract import CredentialsDead
from inbox.channels.secrets import MASK, open_sealed
from tests.hub.api.conftest import Api, Caller
from tests.world import until

MAIL = {
    "address": "shop@shop.test", "imap_host": "imap.shop.test", "imap_password": "p1", "smtp_host": "smtp.shop.test",
    "smtp_password": "p2",
}  # fmt: skip


async def mailbox(api: Api, call: Caller) -> None:
    api.world.teach()
    await call.ok(
        "POST",
        "/channels",
        {"slug": "box", "name": "Box", "connector": "email", "settings": MAIL},
        status=201,
    )


async def opened(api: Api) -> dict[str, Any]:
    row = (await api.world.fetch("SELECT settings FROM inbox_channel WHERE slug = 'box'"))[0]
    return open_sealed(row["settings"], cipher=api.world.runtime.cipher)


async def test_one_setting_changes_and_the_others_stay(api: Api, call: Caller) -> None:
    await mailbox(api, call)
    told = await call.ok("PATCH", "/channels/box", {"settings": {"sender_name": "Shop"}})
    assert told["settings"] == {**MAIL, "sender_name": "Shop", "imap_password": MASK, "smtp_password": MASK}
    assert await opened(api) == {**MAIL, "sender_name": "Shop"}
    await call.ok("PATCH", "/channels/box", {"settings": told["settings"]})
    assert await opened(api) == {**MAIL, "sender_name": "Shop"}
    await call.ok("PATCH", "/channels/box", {"settings": {"sender_name": None, "smtp_password": "p3"}})
    assert await opened(api) == {**MAIL, "smtp_password": "p3"}
    await call.ok("PATCH", "/channels/box", {"name": "Letters"})
    assert await opened(api) == {**MAIL, "smtp_password": "p3"}


async def test_names_and_destinations_are_checked(api: Api, call: Caller) -> None:
    await mailbox(api, call)
    await call.refused(
        "PATCH", "/channels/box", {"settings": {"password": "x"}}, status=422, field="password"
    )
    evil = {"smtp_host": "evil.test"}
    await call.refused("PATCH", "/channels/box", {"settings": evil}, status=422, field="smtp_password")
    await call.refused(
        "PATCH",
        "/channels/box",
        {"settings": {**evil, "smtp_password": MASK}},
        status=422,
        field="smtp_password",
    )
    await call.refused(
        "PATCH",
        "/channels/box",
        {"settings": {**evil, "smtp_password": None}},
        status=422,
        field="imap_password",
    )
    assert await opened(api) == MAIL
    await call.ok("PATCH", "/channels/box", {"settings": {**evil, "smtp_password": "new"}})
    unknown = {"slug": "b2", "name": "B", "connector": "email", "settings": {**MAIL, "imap_pasword": "x"}}
    told = await call.refused("POST", "/channels", unknown, status=422, field="imap_pasword")
    assert "Did you mean “imap_password”?" in told["detail"]


async def test_a_try_with_the_old_credentials_does_not_wait_for_newer_ones(api: Api, call: Caller) -> None:
    """The settings change while a message is being sent, and another process has not heard of it yet."""
    world = api.world
    is_sending, goes_on = asyncio.Event(), asyncio.Event()
    tried = 0

    async def say(_message: Any) -> None:
        nonlocal tried
        tried += 1
        if tried == 1:
            is_sending.set()
            await goes_on.wait()
            raise CredentialsDead("The token has run out")

    assert await world.post(sender="+85512000001", text="Hello", machine="own") == 200
    await world.settled()
    world.sink.script = say
    (talk,) = await world.fetch("SELECT id FROM inbox_conversation")
    await call.ok("POST", f"/conversations/{talk['id']}/messages", {"text": "One"}, status=201)
    await asyncio.wait_for(is_sending.wait(), 60)
    await call.ok("PATCH", "/channels/sink", {"settings": {"token": "mended"}})
    goes_on.set()
    await until(lambda: world.value("SELECT delivery = 'sent' FROM inbox_message WHERE text = 'One'"))
    assert (await call.ok("GET", "/channels/sink"))["state"] != "needs_credentials"


async def test_what_waits_for_credentials_goes_out_when_they_are_mended(api: Api, call: Caller) -> None:
    world = api.world

    def say(message: Any) -> None:
        if world.runtime.directory.by_slug("sink").config.settings.get("token") != "mended":
            raise CredentialsDead("The token has run out")

    world.sink.script = say
    assert await world.post(sender="+85512000001", text="Hello") == 200
    await world.settled()
    (talk,) = await world.fetch("SELECT id FROM inbox_conversation")
    await call.ok("POST", f"/conversations/{talk['id']}/messages", {"text": "One"}, status=201)
    waits = "SELECT data ? 'waits' FROM inbox_message WHERE text = 'One'"
    await until(lambda: world.value(waits))
    async with api.client.get("/metrics") as answer:
        assert "hub_outbox 0.0" not in await answer.text()
    await call.ok("PATCH", "/channels/sink", {"settings": {"token": "mended"}})
    await until(lambda: world.value("SELECT delivery = 'sent' FROM inbox_message WHERE text = 'One'"))
    assert "One" in [sent.text for sent in world.sink.sent]
    (row,) = await world.fetch("SELECT delivery, data, delivery_reason FROM inbox_message WHERE text = 'One'")
    assert (row["delivery"], row["delivery_reason"]) == ("sent", "")
    assert "waits" not in row["data"]
