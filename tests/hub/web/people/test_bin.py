"""Deleting over HTTP: into the bin, out of every list, back by Undo, by Restore, or because they write again."""

from __future__ import annotations

import pytest

from tests.hub.web.conftest import Desk
from tests.hub.web.reading import found
from tests.site import CSRF, texts

UNDO = r'(?s)id="notices".*?action="(/acts/[0-9a-f-]{36}/removal)"'


async def send(desk: Desk, path: str, **fields: str) -> tuple[int, str]:
    async with desk.client.post(path, data={**fields, "csrf": CSRF}) as answer:
        return answer.status, await answer.text()


async def look(desk: Desk, path: str) -> tuple[int, str]:
    async with desk.client.get(path) as answer:
        return answer.status, texts(await answer.text())


def address(desk: Desk, of: str) -> str:
    ids = {
        "contacts": desk.contact_id,
        "companies": desk.company_id,
        "deals": desk.deal_id,
        "tasks": desk.task_id,
    }
    return f"/{of}/{ids[of]}"


@pytest.mark.parametrize(
    ("of", "name"),
    [("contacts", "Sok Li"), ("companies", "Angkor"), ("deals", "Oak table"), ("tasks", "Measure")],
)
async def test_what_is_deleted_lies_in_the_bin_until_it_is_undone_or_restored(
    desk: Desk, of: str, name: str
) -> None:
    one = address(desk, of)
    assert f'action="{one}/bin"' in (await (await desk.client.get(one)).text())
    status, html = await send(desk, f"{one}/bin")
    assert status == 200
    assert "moved to the bin Undo" in texts(html)
    status, text = await look(desk, one)
    assert (status, "It is in the bin" in text) == (404, True)
    async with desk.colleague.get(one) as answer:
        assert "It is in the bin" not in texts(await answer.text())
    for path in ("/bin", f"/bin?of={of}", f"/bin?q={name[:3]}"):
        assert name in (await look(desk, path))[1]
    assert name not in (await look(desk, "/bin?of=leads"))[1]
    async with desk.colleague.get("/bin") as answer:
        assert name not in texts(await answer.text())
    assert (await send(desk, f"{one}/bin"))[0] == 404
    status, again = await send(desk, found(UNDO, html))
    assert status == 200
    assert "Undone" in texts(again)
    assert (await look(desk, one))[0] == 200
    status, _ = await send(desk, found(UNDO, again))
    assert status == 200
    assert (await look(desk, one))[0] == 404
    status, html = await send(desk, f"{one}/bin/removal")
    assert status == 200
    assert (await look(desk, one))[0] == 200
    assert name not in (await look(desk, "/bin"))[1]


async def test_a_colleague_deletes_nothing_of_ours(desk: Desk) -> None:
    for of in ("contacts", "companies", "deals", "tasks"):
        async with desk.colleague.post(f"{address(desk, of)}/bin", data={"csrf": CSRF}) as answer:
            assert answer.status in (403, 404)
    assert "The bin is empty" in (await look(desk, "/bin"))[1]


async def test_who_writes_again_is_restored_and_the_history_says_so(desk: Desk) -> None:
    world = desk.site.world
    assert await world.post(sender="+85512000001", text="hello") == 200
    await world.settled()
    contact = await world.value("SELECT contact_id FROM inbox_conversation")
    root = await world.value("SELECT root_id FROM crm_contact WHERE id = $1", contact)
    async with world.pool.acquire() as conn, conn.transaction():
        await conn.execute("UPDATE crm_contact SET deleted_at = now() WHERE id = $1", root)
    assert await world.post(sender="+85512000001", text="are you there?") == 200
    await world.settled()
    assert await world.value("SELECT deleted_at FROM crm_contact WHERE id = $1", root) is None
    assert (
        await world.value("SELECT data ->> 'why' FROM crm_activity WHERE kind = 'contact.restored'")
        == "wrote"
    )


async def test_an_edit_tells_what_was_done_and_undo_takes_it_back(desk: Desk) -> None:
    status, html = await send(desk, f"/companies/{desk.company_id}", name="Angkor Wat")
    assert status == 200
    assert "Company changed Undo" in texts(html)
    world = desk.site.world
    await send(desk, found(UNDO, html))
    assert await world.value("SELECT name FROM crm_company WHERE id = $1", desk.company_id) == "Angkor"
    same = {"name": "Angkor", "owner_id": str(desk.dara.id)}
    status, html = await send(desk, f"/companies/{desk.company_id}", **same)
    assert "Company changed" not in texts(html)


async def test_what_was_changed_since_is_named(desk: Desk) -> None:
    _, html = await send(desk, f"/companies/{desk.company_id}", name="Wat", phone="012")
    world = desk.site.world
    await world.fetch("UPDATE crm_company SET phone = '099' WHERE id = $1", desk.company_id)
    status, html = await send(desk, found(UNDO, html))
    assert status == 200
    assert "Undone in part Changed since, so it stays: Phone" in texts(html)


async def test_a_lead_is_deleted_and_undone_on_its_list(desk: Desk) -> None:
    lead = await desk.site.world.value(
        "INSERT INTO crm_lead (contact_id, title) VALUES ($1, 'Three chairs') RETURNING id", desk.contact_id
    )
    html = await (await desk.client.get("/leads")).text()
    assert f'action="/leads/{lead}/bin"' in html
    assert f'href="/leads/{lead}/changes"' in html
    status, html = await send(desk, f"/leads/{lead}/bin")
    assert status == 200
    assert "Three chairs" not in texts(html)
    assert "Three chairs" in (await look(desk, "/bin?of=leads"))[1]
    status, html = await send(desk, found(UNDO, html))
    assert status == 200
    assert "Three chairs" in texts(html)
