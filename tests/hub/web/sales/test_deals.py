"""What the forms of deals do, and what they answer to nonsense."""

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
