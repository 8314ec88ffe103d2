"""The pages of sales and people stand in every language."""

from __future__ import annotations

from tests.hub.web.conftest import Desk
from tests.site import texts


async def test_pages_stand_in_every_language(desk: Desk) -> None:
    words = {"km": "កិច្ចព្រមព្រៀង", "ru": "Сделки"}
    for language, word in words.items():
        await desk.site.world.fetch("UPDATE crm_user SET language = $1", language)
        for path in (f"/deals/{desk.deal_id}", f"/contacts/{desk.contact_id}", "/deals", "/tasks", "/leads"):
            async with desk.client.get(path) as answer:
                assert answer.status == 200, (language, path)
        async with desk.client.get("/deals") as answer:
            assert word in texts(await answer.text())
