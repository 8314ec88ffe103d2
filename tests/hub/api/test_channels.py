"""Channels over the API: settings change one by one, secrets stay and stay secret."""

from __future__ import annotations

from typing import Any

from connectors.contract import CredentialsDead
from connectors.registry import load_registry
from inbox.channels.secrets import MASK, open_sealed
from tests.hub.api.conftest import Api, Caller
from tests.world import until

MAIL = {
    "address": "shop@shop.test", "imap_host": "imap.shop.test", "imap_password": "p1", "smtp_host": "smtp.shop.test",
    "smtp_password": "p2",
}  # fmt: skip


async def mailbox(api: Api, call: Caller) -> None:
    registry: Any = api.world.runtime.registry
    registry.update(load_registry())
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


async def test_what_waits_for_credentials_goes_out_when_they_are_mended(api: Api, call: Caller) -> None:
    world = api.world
    right = {"token": "good"}

    def say(_message: Any) -> None:
        if right["token"] != "mended":
            raise CredentialsDead("The token has run out")

    world.sink.script = say
    assert await world.post(sender="+85512000001", text="Hello") == 200
    await world.settled()
    (talk,) = await world.fetch("SELECT id FROM inbox_conversation")
    await call.ok("POST", f"/conversations/{talk['id']}/messages", {"text": "One"}, status=201)
    waits = "SELECT count(*) > 0 FROM inbox_outbox WHERE state = 'credentials'"
    await until(lambda: world.value(waits))
    async with api.client.get("/metrics") as answer:
        assert "hub_outbox 0.0" not in await answer.text()
    right["token"] = "mended"
    await call.ok("PATCH", "/channels/sink", {"settings": {"token": "mended"}})
    await until(lambda: world.value("SELECT delivery = 'sent' FROM inbox_message WHERE text = 'One'"))
    assert "One" in [sent.text for sent in world.sink.sent]
    (row,) = await world.fetch("SELECT delivery, data, delivery_reason FROM inbox_message WHERE text = 'One'")
    assert (row["delivery"], row["delivery_reason"]) == ("sent", "")
    assert "waits" not in row["data"]
