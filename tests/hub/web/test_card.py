"""The card beside a conversation, a deal and a contact: the same verbs at all three addresses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.hub.web.conftest import Desk
from tests.site import CSRF, texts

HTMX = {"HX-Request": "true"}
CARDS = ("conversations", "deals", "contacts")


@pytest.fixture
async def cards(desk: Desk) -> dict[str, str]:
    """The address of a card by what it belongs to; all of Sok Li, all Dara's."""
    id_ = await desk.site.conversation("Hello", name="Sok Li", sender="+85512000001")
    await desk.site.assign(id_, desk.dara)
    contact = await desk.site.world.value("SELECT contact_id FROM inbox_conversation WHERE id = $1", id_)
    await desk.site.world.fetch("UPDATE crm_contact SET owner_id = $1", desk.dara.id)
    await desk.site.world.fetch("UPDATE crm_deal SET owner_id = $1", desk.dara.id)
    return {
        "conversations": f"/conversations/{id_}/card",
        "deals": f"/deals/{desk.deal_id}/card",
        "contacts": f"/contacts/{contact}/card",
    }


async def _post(desk: Desk, path: str, **fields: str) -> tuple[int, str]:
    async with desk.client.post(path, data={**fields, "csrf": CSRF}, headers=HTMX) as answer:
        return answer.status, texts(await answer.text())


@pytest.mark.parametrize("of", CARDS)
async def test_every_button_means_the_same_moment(desk: Desk, cards: dict[str, str], of: str) -> None:
    for due in ("hour", "tomorrow"):
        status, shown = await _post(desk, cards[of] + "/tasks", title=f"Call {due}", due=due)
        assert (status, f"Call {due}" in shown) == (200, True)
    rows = await desk.site.world.fetch(
        "SELECT title, due_at, remind_at FROM crm_task WHERE title LIKE 'Call %'"
    )
    found = {row["title"]: row["due_at"] for row in rows}
    assert all(row["remind_at"] == row["due_at"] for row in rows)
    assert (found["Call tomorrow"].hour, found["Call tomorrow"].minute) == (9, 0)
    assert (found["Call tomorrow"].date() - datetime.now(UTC).date()).days == 1
    assert 0 < (found["Call hour"] - datetime.now(UTC)).total_seconds() <= 3600


@pytest.mark.parametrize("of", CARDS)
async def test_a_task_is_added_finished_and_taken_back(desk: Desk, cards: dict[str, str], of: str) -> None:
    world = desk.site.world
    assert (await _post(desk, cards[of] + "/tasks", title="Send oak", due_at="2031-05-06T09:00"))[0] == 200
    task = await world.value("SELECT id FROM crm_task WHERE title = 'Send oak'")
    for fields, is_done in (({}, True), ({"undo": "1"}, False)):
        assert (await _post(desk, f"{cards[of]}/tasks/{task}", **fields))[0] == 200
        assert await world.value("SELECT done_at IS NOT NULL FROM crm_task WHERE id = $1", task) is is_done


@pytest.mark.parametrize("of", CARDS)
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "x", "due_at": "some day"}, "due_at"),
        ({"title": "x", "assignee_id": "me"}, "assignee_id"),
        ({"title": " "}, "title"),
    ],
)
async def test_what_is_wrong_names_its_field(
    desk: Desk, cards: dict[str, str], of: str, fields: dict[str, str], field: str
) -> None:
    async with desk.client.post(cards[of] + "/tasks", data={**fields, "csrf": CSRF}, headers=HTMX) as answer:
        assert (answer.status, answer.headers["X-Field"]) == (422, field)


@pytest.mark.parametrize(
    ("of", "column"), [("conversations", "contact_id"), ("deals", "deal_id"), ("contacts", "contact_id")]
)
async def test_a_note_stays_with_what_it_is_about(
    desk: Desk, cards: dict[str, str], of: str, column: str
) -> None:
    status, shown = await _post(desk, cards[of] + "/notes", text="Wants oak")
    assert (status, "Wants oak" in shown) == (200, True)
    row = (await desk.site.world.fetch("SELECT * FROM crm_activity WHERE kind = 'note.written'"))[0]
    assert row[column] is not None


@pytest.mark.parametrize("of", CARDS)
async def test_two_contacts_become_the_one_of_the_card(desk: Desk, cards: dict[str, str], of: str) -> None:
    """The card's contact goes on, the other is part of it; the merge is undone on the same card."""
    world = desk.site.world
    own = await world.value(
        {
            "conversations": "SELECT contact_id FROM inbox_conversation LIMIT 1",
            "deals": "SELECT contact_id FROM crm_deal LIMIT 1",
            "contacts": f"SELECT {cards['contacts'].split('/')[2]}::bigint",
        }[of]
    )
    async with desk.client.post("/contacts", data={"name": "S. Li", "csrf": CSRF}) as answer:
        other = int(answer.url.path.rpartition("/")[2])
    pair = await world.value(
        "INSERT INTO crm_suggestion (contact_id, other_id, reason) VALUES ($1, $2, 'Same name') RETURNING id",
        *sorted((own, other)),
    )
    status, shown = await _post(desk, f"{cards[of]}/suggestions/{pair}", answer="same")
    assert (status, "the same person as S. Li" in shown) == (200, False)
    assert await world.value("SELECT root_id FROM crm_contact WHERE id = $1", other) == own
    merge = await world.value("SELECT max(id) FROM crm_merge")
    assert (await _post(desk, f"{cards[of]}/merges/{merge}/removal"))[0] == 200
    assert await world.value("SELECT root_id FROM crm_contact WHERE id = $1", other) == other
    assert (await _post(desk, f"{cards[of]}/merges/{merge}/removal"))[0] == 404


@pytest.mark.parametrize("of", CARDS)
async def test_every_card_says_who_may_be_the_same_and_what_was_merged(
    desk: Desk, cards: dict[str, str], of: str
) -> None:
    """On each one can merge at once, compare first or say no; and a merge that was undone offers no way back."""
    world = desk.site.world
    for contact in await world.fetch("SELECT id FROM crm_contact"):
        for n in (1, 2):
            async with desk.client.post("/contacts", data={"name": f"S. Li {n}", "csrf": CSRF}) as answer:
                other = int(answer.url.path.rpartition("/")[2])
            await world.fetch(
                "INSERT INTO crm_suggestion (contact_id, other_id, reason) VALUES ($1, $2, 'Same name')",
                *sorted((contact["id"], other)),
            )
    async with desk.client.get(cards[of], headers=HTMX) as answer:
        html = await answer.text()
    counts = {html.count(offered) for offered in ('value="same"', "/merges?other=", 'value="different"')}
    assert len(counts) == 1
    assert min(counts) > 1
    pair = html.partition("/suggestions/")[2].partition('"')[0]
    status, shown = await _post(desk, f"{cards[of]}/suggestions/{pair}", answer="same")
    assert (status, "Merged with " in shown) == (200, True)
    merge = await world.value("SELECT max(id) FROM crm_merge")
    status, shown = await _post(desk, f"{cards[of]}/merges/{merge}/removal")
    assert status == 200
    assert "undone" in shown or "Merged with" not in shown


@pytest.mark.parametrize("of", ["conversations", "deals"])
async def test_a_deal_is_one_form_wherever_it_stands(desk: Desk, cards: dict[str, str], of: str) -> None:
    """Title, money, manager, company, note and next step are changed beside a conversation and on the deal's own page."""
    id_ = desk.deal_id
    if of == "conversations":
        id_ = await desk.site.world.value("SELECT max(id) FROM crm_deal")
    address = f"{cards[of]}/figures" if of == "conversations" else f"/deals/{id_}"
    fields = {
        "deal_id": str(id_),
        "title": "Pine bench",
        "amount": "12",
        "currency": "EUR",
        "owner_id": str(desk.dara.id),
        "company": "Angkor Tables",
        "note": "Not too high",
        "step": "Send a drawing",
        "step_due": "2031-05-06T09:00",
    }
    async with desk.client.post(address, data={**fields, "csrf": CSRF}) as answer:
        assert answer.status == 200
    row = (await desk.site.world.fetch("SELECT * FROM crm_deal WHERE id = $1", id_))[0]
    assert (row["title"], row["amount"], row["currency"], row["note"]) == (
        "Pine bench",
        1200,
        "EUR",
        "Not too high",
    )
    assert (
        await desk.site.world.value("SELECT name FROM crm_company WHERE id = $1", row["company_id"])
        == "Angkor Tables"
    )
    task = (await desk.site.world.fetch("SELECT * FROM crm_task WHERE title = 'Send a drawing'"))[0]
    assert task["deal_id"] == id_
    async with desk.client.post(
        address, data={**fields, "amount": "a lot", "csrf": CSRF}, headers=HTMX
    ) as answer:
        assert answer.status == 422
        shown = await answer.text()
    for value in ("Pine bench", "Angkor Tables", "Not too high", "Send a drawing", "a lot"):
        assert value in shown
