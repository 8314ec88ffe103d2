"""What forms of the CRM do, and what they answer to nonsense."""

from __future__ import annotations

import pytest

from tests.hub.web.conftest import Desk
from tests.site import CSRF, texts


async def test_a_deal_moves_is_lost_and_comes_back(desk: Desk) -> None:
    world, path = desk.site.world, f"/deals/{desk.deal_id}/stage"
    row = "SELECT stage_id, loss_reason, closed_at IS NULL AS is_open FROM crm_deal WHERE id = $1"
    first, lost = desk.stages[0], desk.stages[-1]
    for stage, reason, expected in (
        (desk.stages[2], "", (desk.stages[2], "", True)),
        (lost, "Too expensive", (lost, "Too expensive", False)),
        (first, "", (first, "", True)),
    ):
        form = {"stage_id": str(stage), "loss_reason": reason, "csrf": CSRF}
        async with desk.client.post(path, data=form) as answer:
            assert answer.status == 200
        found = (await world.fetch(row, desk.deal_id))[0]
        assert (found["stage_id"], found["loss_reason"], found["is_open"]) == expected


async def test_moving_on_the_board_answers_with_the_board_and_a_way_back(desk: Desk) -> None:
    headers = {"HX-Request": "true", "HX-Target": "board", "X-CSRF-Token": CSRF}
    form = {"stage_id": str(desk.stages[1])}
    async with desk.client.post(f"/deals/{desk.deal_id}/stage", data=form, headers=headers) as answer:
        html = await answer.text()
    assert html.lstrip().startswith('<div class="kanban"')
    assert f'name="stage_id" value="{desk.stages[0]}"' in html
    assert "Moved “Oak table”." in texts(html)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "Enter a title for the deal."),
        ({"amount": "many"}, "Enter an amount, for example 1,250.50."),
        ({"currency": "XXZ"}, "This currency is not known; use its three letters, such as USD."),
        ({"owner_id": "99999"}, "This user does not work with customers."),
        ({"owner_id": "me"}, "Choose one from the list."),
    ],
)
async def test_a_deals_form_says_what_is_wrong_and_keeps_what_was_typed(
    desk: Desk, change: dict[str, str], sentence: str
) -> None:
    form = {
        "title": "Walnut table",
        "amount": "10",
        "currency": "USD",
        "note": "typed",
        "csrf": CSRF,
        **change,
    }
    async with desk.client.post(f"/deals/{desk.deal_id}", data=form) as answer:
        html = await answer.text()
        assert answer.status == 422
    assert sentence in texts(html)
    assert "typed" in html
    assert (
        await desk.site.world.value("SELECT title FROM crm_deal WHERE id = $1", desk.deal_id) == "Oak table"
    )


async def test_a_deal_is_saved_as_people_write_it(desk: Desk) -> None:
    form = {
        "title": " តុឈើ ",
        "amount": "1 250,50",
        "currency": "EUR",
        "company": "angkor",
        "owner_id": str(desk.dara.id),
        "csrf": CSRF,
    }
    async with desk.client.post(f"/deals/{desk.deal_id}", data=form) as answer:
        assert answer.status == 200
        assert answer.url.path == f"/deals/{desk.deal_id}"
    row = "SELECT title, amount, currency, company_id FROM crm_deal WHERE id = $1"
    found = (await desk.site.world.fetch(row, desk.deal_id))[0]
    assert tuple(found.values()) == ("តុឈើ", 125_050, "EUR", desk.company_id)


async def test_a_deal_given_away_is_out_of_sight(desk: Desk) -> None:
    bopha = await desk.site.world.value("SELECT id FROM crm_user WHERE name = 'Bopha'")
    form = {"title": "Oak table", "currency": "USD", "owner_id": str(bopha), "csrf": CSRF}
    async with desk.client.post(f"/deals/{desk.deal_id}", data=form) as answer:
        assert (answer.status, answer.url.path) == (200, "/deals")
    async with desk.colleague.get(f"/deals/{desk.deal_id}") as answer:
        assert answer.status == 200


async def test_tasks_are_added_done_and_opened_again(desk: Desk) -> None:
    world, card = desk.site.world, f"/deals/{desk.deal_id}/card"
    form = {"title": "Call, 100% sure", "due_at": "2031-05-01T10:00", "remind": "60", "csrf": CSRF}
    async with desk.client.post(f"{card}/tasks", data=form) as answer:
        assert "Call, 100% sure" in texts(await answer.text())
    found = (await world.fetch("SELECT id, due_at - remind_at AS before FROM crm_task ORDER BY id DESC"))[0]
    assert found["before"].total_seconds() == 3600
    open_ = "SELECT done_at IS NULL FROM crm_task WHERE id = $1"
    for path, form, expected in (
        (f"{card}/tasks/{found['id']}", {}, False),
        (f"{card}/tasks/{found['id']}", {"undo": "1"}, True),
        (f"/tasks/{found['id']}/completion", {}, False),
        (f"/tasks/{found['id']}/completion/removal", {}, True),
    ):
        async with desk.client.post(path, data={**form, "csrf": CSRF}) as answer:
            assert answer.status == 200
        assert await world.value(open_, found["id"]) is expected, path


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
        assert "Saved." in texts(await answer.text())
    row = (await world.fetch("SELECT tags, fields FROM crm_contact WHERE id = $1", desk.contact_id))[0]
    assert row["tags"] == ["VIP", "wholesale"]
    async with desk.client.post(path, data={"name": "Sok Li", "csrf": CSRF}) as answer:
        assert answer.status == 200
    assert await world.value("SELECT fields = '{}' FROM crm_contact WHERE id = $1", desk.contact_id)


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


async def test_writing_first_opens_a_conversation(desk: Desk) -> None:
    channel = await desk.site.world.value("SELECT id FROM inbox_channel WHERE slug = 'sink'")
    form = {"channel_id": str(channel), "text": "Good morning", "csrf": CSRF}
    async with desk.client.post(f"/contacts/{desk.contact_id}/conversations", data=form) as answer:
        assert answer.status == 200
        assert answer.url.path.startswith("/conversations/")
        assert "Good morning" in texts(await answer.text())
    async with desk.client.get(f"/deals/{desk.deal_id}") as answer:
        assert "Good morning" in texts(await answer.text())


async def test_pages_stand_in_every_language(desk: Desk) -> None:
    words = {"km": "កិច្ចព្រមព្រៀង", "ru": "Сделки"}
    for language, word in words.items():
        await desk.site.world.fetch("UPDATE crm_user SET language = $1", language)
        for path in (f"/deals/{desk.deal_id}", f"/contacts/{desk.contact_id}", "/deals", "/tasks", "/leads"):
            async with desk.client.get(path) as answer:
                assert answer.status == 200, (language, path)
        async with desk.client.get("/deals") as answer:
            assert word in texts(await answer.text())


async def _stranger(desk: Desk) -> int:
    row = "INSERT INTO crm_contact (root_id) SELECT currval(pg_get_serial_sequence('crm_contact', 'id')) RETURNING id"
    async with desk.site.world.pool.acquire() as conn, conn.transaction():
        await conn.fetchval("SELECT nextval(pg_get_serial_sequence('crm_contact', 'id'))")
        found = await conn.fetchval(row)
        await conn.execute("UPDATE crm_contact SET root_id = id WHERE id = $1", found)
    return found
