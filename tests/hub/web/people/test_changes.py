"""The changes of a record over HTTP: before and after, who and when, and Undo where it stands."""

from __future__ import annotations

import pytest

from tests.hub.web.conftest import Desk
from tests.hub.web.reading import found
from tests.site import CSRF, texts

UNDO = r'action="(/acts/[0-9a-f-]{36}/removal)"'


async def page(desk: Desk, path: str) -> str:
    async with desk.client.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def send(desk: Desk, path: str, **fields: str) -> str:
    async with desk.client.post(path, data={**fields, "csrf": CSRF}) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_a_change_stands_with_its_value_of_before_and_is_undone_there(desk: Desk) -> None:
    one = f"/companies/{desk.company_id}"
    await send(desk, one, name="Angkor Wat", owner_id=str(desk.dara.id))
    html = await page(desk, f"{one}/changes")
    assert "Name Angkor Angkor Wat" in texts(html)
    assert "Dara" in texts(html)
    assert f'href="{one}/changes"' in await page(desk, one)
    told = await send(desk, found(UNDO, html))
    assert "Undone" in texts(told)
    assert "Name Angkor Wat Angkor" in texts(await page(desk, f"{one}/changes"))


@pytest.mark.parametrize("of", ["contacts", "companies", "deals", "tasks"])
async def test_every_record_has_its_changes_for_who_sees_it(desk: Desk, of: str) -> None:
    ids = {
        "contacts": desk.contact_id,
        "companies": desk.company_id,
        "deals": desk.deal_id,
        "tasks": desk.task_id,
    }
    path = f"/{of}/{ids[of]}/changes"
    assert "Created" in texts(await page(desk, path))
    async with desk.colleague.get(path) as answer:
        assert answer.status == 404


async def test_amounts_stages_and_people_are_told_by_what_they_are_called(desk: Desk) -> None:
    one = f"/deals/{desk.deal_id}"
    await send(desk, f"{one}/stage", stage_id=str(desk.stages[1]))
    text = texts(await page(desk, f"{one}/changes"))
    assert "Stage New In work" in text


async def test_the_history_of_a_contact_takes_back_what_it_tells(desk: Desk) -> None:
    one = f"/contacts/{desk.contact_id}"
    await send(desk, one, name="Sok Lida")
    html = await page(desk, one)
    assert "Sok Li → Sok Lida" in texts(html)
    history = html[html.index('<ol class="history"') :]
    await send(desk, found(UNDO, history))
    name = await desk.site.world.value("SELECT name FROM crm_contact WHERE id = $1", desk.contact_id)
    assert name == "Sok Li"
