"""Contacts over HTTP: their addresses and fields, and writing to them first."""

from __future__ import annotations

from tests.hub.web.conftest import Desk
from tests.site import CSRF, texts


async def test_a_contact_gets_addresses_and_fields(desk: Desk) -> None:
    path, world = f"/contacts/{desk.contact_id}", desk.site.world
    for value, status, sentence in (
        ("li@example.com", 200, "li@example.com"),
        ("li@example.com", 422, "The contact has this address already."),
        ("no address", 422, "Enter a valid email address."),
    ):
        form = {"kind": "email", "value": value, "csrf": CSRF}
        async with desk.client.post(f"{path}/handles", data=form) as answer:
            assert answer.status == status
            assert sentence in texts(await answer.text())
    fields = [
        ("name", "Sok Li"),
        ("tags", "VIP, wholesale"),
        ("key", "Street"),
        ("value", "178"),
        ("csrf", CSRF),
    ]
    async with desk.client.post(path, data=fields) as answer:
        assert "Contact changed Undo" in texts(await answer.text())
    row = (await world.fetch("SELECT tags, fields FROM crm_contact WHERE id = $1", desk.contact_id))[0]
    assert row["tags"] == ["VIP", "wholesale"]
    async with desk.client.post(path, data={"name": "Sok Li", "csrf": CSRF}) as answer:
        assert answer.status == 200
    assert await world.value("SELECT fields = '{}' FROM crm_contact WHERE id = $1", desk.contact_id)


async def test_writing_first_opens_a_conversation(desk: Desk) -> None:
    channel = await desk.site.world.value("SELECT id FROM inbox_channel WHERE slug = 'sink'")
    form = {"channel_id": str(channel), "text": "Good morning", "csrf": CSRF}
    async with desk.client.post(f"/contacts/{desk.contact_id}/conversations", data=form) as answer:
        assert answer.status == 200
        assert answer.url.path.startswith("/conversations/")
        assert "Good morning" in texts(await answer.text())
    async with desk.client.get(f"/deals/{desk.deal_id}") as answer:
        assert "Good morning" in texts(await answer.text())


async def test_a_company_shows_its_deals(desk: Desk) -> None:
    row = "UPDATE crm_contact SET company_id = $1 WHERE id = $2"
    await desk.site.world.fetch(row, desk.company_id, desk.contact_id)
    await desk.site.world.fetch("UPDATE crm_deal SET company_id = $1", desk.company_id)
    async with desk.client.get(f"/companies/{desk.company_id}") as answer:
        assert f'href="/deals/{desk.deal_id}"' in await answer.text()
