"""The deal beside a conversation: figures and next step changed in place, stage taken back, no title from a message."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest

from crm_core.users.model import User
from tests.site import CSRF, Site, texts

LONG = "Good day! I have seen your tables on the street and would like one like that, only smaller, for my mother"


@pytest.fixture
async def dara(site: Site) -> User:
    return (await site.world.user("Dara"))[0]


@pytest.fixture
async def talk(site: Site, dara: User) -> int:
    """A conversation of Dara's with a deal."""
    id_ = await site.conversation(LONG, name="Claire")
    await site.assign(id_, dara)
    await site.world.fetch("UPDATE crm_contact SET owner_id = $1", dara.id)
    await site.world.fetch("UPDATE crm_deal SET owner_id = $1", dara.id)
    assert await site.world.value("SELECT count(*) FROM crm_deal") == 1
    return id_


async def card(client: aiohttp.ClientSession, id_: int) -> dict[str, str]:
    """The fields of the deal's form."""
    async with client.get(f"/conversations/{id_}/card") as answer:
        html = await answer.text()
    form = html[html.index("data-deal-figures") :]
    form = form[: form.index("</form>")]
    fields = dict(re.findall(r'<input [^>]*?name="(\w+)"[^>]*? value="([^"]*)"', form))
    for name, options in re.findall(r'<select [^>]*?name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


async def save(
    client: aiohttp.ClientSession, id_: int, fields: dict[str, str], **changed: str
) -> tuple[int, str]:
    data = fields | changed | {"csrf": CSRF}
    async with client.post(
        f"/conversations/{id_}/card/figures", data=data, headers={"HX-Request": "true"}
    ) as answer:
        return answer.status, texts(await answer.text())


async def deal(site: Site) -> dict[str, Any]:
    [row] = await site.world.fetch("SELECT title, amount, currency, owner_id, stage_id FROM crm_deal")
    return dict(row)


async def test_a_deal_is_not_titled_by_the_first_message(site: Site, dara: User, talk: int) -> None:
    client = await site.client(dara)
    assert re.fullmatch(r"Request of Claire, \d{4}-\d\d-\d\d", (await deal(site))["title"])
    assert await site.world.value("SELECT title FROM crm_lead") == ""
    async with client.get(f"/conversations/{talk}/card") as answer:
        assert "Request of Claire, " in texts(await answer.text())
    id_ = await site.world.value("SELECT id FROM crm_deal")
    async with client.get(f"/deals/{id_}") as answer:
        html = await answer.text()
    shown = re.search(r'name="title"\s+type="text"\s+value="([^"]*)"', html)
    assert shown
    assert not re.search(r"\d{4}-\d\d", shown[1])
    form = {"csrf": CSRF, "title": shown[1], "amount": "5", "currency": "USD", "owner_id": str(dara.id)}
    async with client.post(f"/deals/{id_}", data=form | {"company": "", "note": ""}) as answer:
        assert answer.status == 200
    kept = await deal(site)
    assert re.fullmatch(r"Request of Claire, \d{4}-\d\d-\d\d", kept["title"])
    assert kept["amount"] == 500


async def test_amount_manager_and_next_step_are_changed_in_place(site: Site, dara: User, talk: int) -> None:
    client = await site.client(dara)
    fields = await card(client, talk)
    assert (fields["amount"], fields["owner_id"], fields["step"]) == ("", str(dara.id), "")
    status, said = await save(
        client, talk, fields, amount="1 250,50", currency="EUR", step="Send the offer", step_due="2031-05-06T09:00"
    )  # fmt: skip
    assert status == 200
    assert "Send the offer" in said
    found = await deal(site)
    assert (found["amount"], found["currency"], found["owner_id"]) == (125050, "EUR", dara.id)
    [task] = await site.world.fetch("SELECT id, title, due_at, deal_id, assignee_id FROM crm_task")
    assert (task["title"], task["assignee_id"]) == ("Send the offer", dara.id)
    assert task["due_at"].isoformat() == "2031-05-06T09:00:00+00:00"
    fields = await card(client, talk)
    assert (fields["step_id"], fields["step"]) == (str(task["id"]), "Send the offer")
    assert (await save(client, talk, fields, step="Send the contract"))[0] == 200
    [again] = await site.world.fetch("SELECT id, title, due_at FROM crm_task")
    assert (again["id"], again["title"], again["due_at"]) == (
        *(task["id"], "Send the contract"),
        task["due_at"],
    )


async def test_an_emptied_next_step_is_none_any_more(site: Site, dara: User, talk: int) -> None:
    client = await site.client(dara)
    step = {"step": "Send the offer", "step_due": "2031-05-06T09:00"}
    assert (await save(client, talk, await card(client, talk), **step))[0] == 200
    status, _ = await save(client, talk, await card(client, talk), step="")
    assert status == 200
    assert (await card(client, talk))["step"] == ""
    [task] = await site.world.fetch("SELECT done_at, done_reason FROM crm_task")
    assert task["done_at"] is not None
    assert task["done_reason"].startswith("Taken off the deal")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": "much"}, "Enter an amount"),
        ({"step_due": "some day", "step": "Call"}, "Enter a day and a time."),
        ({"step_due": "2031-05-06T09:00"}, "Write what needs to be done."),
        ({"owner_id": "me"}, "Choose one from the list."),
    ],
)
async def test_what_is_wrong_stands_below_its_field_and_nothing_is_saved(
    site: Site, dara: User, talk: int, changed: dict[str, str], said: str
) -> None:
    client = await site.client(dara)
    before = await deal(site)
    status, shown = await save(client, talk, await card(client, talk), **changed)
    assert status == 422
    assert said in shown
    assert await deal(site) == before
    assert await site.world.value("SELECT count(*) FROM crm_task") == 0


async def test_who_saves_over_a_colleague_is_shown_both(site: Site, dara: User, talk: int) -> None:
    client = await site.client(dara)
    old = await card(client, talk)
    await site.world.fetch("UPDATE crm_deal SET amount = 77700")
    status, said = await save(client, talk, old, amount="100", step="Call")
    assert status == 409
    assert "Saved meanwhile: 777" in said
    assert (await deal(site))["amount"] == 77700
    assert await site.world.value("SELECT count(*) FROM crm_task") == 0
    async with client.get(f"/conversations/{talk}/card") as answer:
        assert answer.status == 200


async def test_a_moved_stage_is_taken_back_from_its_notice(site: Site, dara: User, talk: int) -> None:
    client = await site.client(dara)
    first = await deal(site)
    goal = await site.world.value("SELECT id FROM crm_stage ORDER BY position OFFSET 1 LIMIT 1")
    id_ = await site.world.value("SELECT id FROM crm_deal")
    data = {"csrf": CSRF, "deal_id": str(id_), "stage_id": str(goal)}
    async with client.post(
        f"/conversations/{talk}/card/stage", data=data, headers={"HX-Request": "true"}
    ) as answer:
        html = await answer.text()
    assert (await deal(site))["stage_id"] == goal
    notice = html[html.index("notices") :]
    assert f'name="stage_id" value="{first["stage_id"]}"' in notice
    data |= {"stage_id": str(first["stage_id"]), "undo": "1"}
    async with client.post(
        f"/conversations/{talk}/card/stage", data=data, headers={"HX-Request": "true"}
    ) as answer:
        assert "hx-swap-oob" not in await answer.text()
    assert await deal(site) == first


async def test_a_colleagues_deal_is_not_changed(site: Site, dara: User, talk: int) -> None:
    other, _ = await site.world.user("Maly")
    mine = await card(await site.client(dara), talk)
    assert (await save(await site.client(other), talk, mine, amount="1"))[0] == 404
    assert (await deal(site))["amount"] == 0
