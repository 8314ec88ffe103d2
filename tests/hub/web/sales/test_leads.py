"""Leads over HTTP: taken or declined once, and a refusal taken back."""

from __future__ import annotations

from tests.hub.web.conftest import Desk
from tests.site import CSRF, texts


async def test_a_lead_is_taken_or_declined_once(desk: Desk) -> None:
    world = desk.site.world
    await world.fetch("INSERT INTO crm_lead (contact_id, title) VALUES ($1, 'A desk')", await _stranger(desk))
    lead = await world.value("SELECT max(id) FROM crm_lead")
    async with desk.client.get("/leads") as answer:
        assert "A desk" in texts(await answer.text())
    async with desk.client.post(f"/leads/{lead}/deal", data={"csrf": CSRF}) as answer:
        assert (answer.status, answer.url.path.startswith("/deals/")) == (200, True)
    async with desk.client.post(f"/leads/{lead}/refusal", data={"reason": "Spam", "csrf": CSRF}) as answer:
        assert answer.status == 409
    assert await world.value("SELECT state FROM crm_lead WHERE id = $1", lead) == "qualified"


async def test_a_refusal_is_taken_back_while_nothing_newer_is_open(desk: Desk) -> None:
    world = desk.site.world
    await world.fetch("INSERT INTO crm_lead (contact_id, title) VALUES ($1, 'A desk')", await _stranger(desk))
    lead = await world.value("SELECT max(id) FROM crm_lead")
    back = f"/leads/{lead}/refusal/removal"
    for path, status in (
        (back, 409),
        (f"/leads/{lead}/refusal", 303),
        (back, 303),
        (back, 409),
        (f"/leads/{lead}/refusal", 303),
    ):
        form = {"csrf": CSRF, "reason": "Spam"}
        async with desk.client.post(path, data=form, allow_redirects=False) as answer:
            assert answer.status == status, path
    await world.fetch(
        "INSERT INTO crm_lead (contact_id, title) SELECT contact_id, 'Newer' FROM crm_lead WHERE id = $1",
        lead,
    )
    async with desk.client.post(back, data={"csrf": CSRF}, allow_redirects=False) as answer:
        assert answer.status == 409
    assert await world.value("SELECT state || reason FROM crm_lead WHERE id = $1", lead) == "declinedSpam"


async def _stranger(desk: Desk) -> int:
    row = "INSERT INTO crm_contact (root_id) SELECT currval(pg_get_serial_sequence('crm_contact', 'id')) RETURNING id"
    async with desk.site.world.pool.acquire() as conn, conn.transaction():
        await conn.fetchval("SELECT nextval(pg_get_serial_sequence('crm_contact', 'id'))")
        found = await conn.fetchval(row)
        await conn.execute("UPDATE crm_contact SET root_id = id WHERE id = $1", found)
    return found
