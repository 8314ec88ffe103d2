"""Who calls: perhaps somebody who typed the number into a form; other names at one line; a call to be made again."""

from __future__ import annotations

import pytest

from crm_core.users.model import SYSTEM
from inbox.actions import guests
from tests.hub.web.calls.conftest import RANG, Phone
from tests.site import CSRF


async def fills_in(phone: Phone, number: str = RANG) -> None:
    """Claire gave this number in a form."""
    await phone.site.world.post(
        kind="email", sender="claire@martin.example", trust="claimed", name="Claire Martin", text="Please call me",
        also=[{"kind": "phone", "value": number, "trust": "claimed"}],
    )  # fmt: skip
    await phone.site.world.settled()


async def panel(phone: Phone, call_id: str = "c1") -> str:
    call = await phone.call(call_id)
    async with phone.client.get(f"/calls/{call['id']}/panel") as answer:
        assert answer.status == 200
        return " ".join((await answer.text()).split())


async def post(phone: Phone, path: str, **fields: str) -> str:
    async with phone.client.post(
        path, data={"csrf": CSRF, **fields}, headers={"hx-request": "true"}
    ) as answer:
        assert answer.status == 200, await answer.text()
        return " ".join((await answer.text()).split())


async def test_a_caller_who_typed_the_number_into_a_form_is_perhaps_that_person(phone: Phone) -> None:
    await fills_in(phone)
    await phone.tell("ringing", user="11")
    assert "Perhaps Claire Martin" in (shown := await panel(phone))
    assert "typed this number into a form" not in shown, "the sink has an evidence of its own"
    assert "has this number" in shown
    [pair] = await phone.site.world.fetch("SELECT id FROM crm_suggestion WHERE state = 'open'")
    call = await phone.call()
    shown = await post(phone, f"/calls/{call['id']}/identity/{pair['id']}")
    assert "Perhaps" not in shown
    assert "Claire Martin" in shown
    assert await phone.site.world.value("SELECT count(*) FROM crm_contact WHERE merged_into IS NULL") == 1


async def test_a_suggestion_that_is_not_about_this_caller_is_refused(phone: Phone) -> None:
    await fills_in(phone, "+12025550177")
    await phone.tell("ringing", user="11", **{"from": "+12025550177"}, call_id="other")
    await phone.tell("ringing", user="11")
    assert "Perhaps" not in await panel(phone)
    [pair] = await phone.site.world.fetch("SELECT id FROM crm_suggestion WHERE state = 'open'")
    call = await phone.call()
    async with phone.client.post(f"/calls/{call['id']}/identity/{pair['id']}", data={"csrf": CSRF}) as answer:
        assert answer.status == 404


async def test_one_click_splits_the_other_name_at_a_switchboard(phone: Phone) -> None:
    world = phone.site.world
    for n, name in enumerate(["Anna Berg", "Ben Stone", "Ben Stone"]):
        await world.post(kind="email", sender="office@firm.example", name=name, text=f"number {n}")
    await world.settled()
    [anna] = await world.fetch("SELECT id, name FROM crm_contact")
    async with phone.client.get(f"/contacts/{anna['id']}") as answer:
        page = " ".join((await answer.text()).split())
    assert "Ben Stone also writes or calls from office@firm.example" in page
    [guest] = await world.fetch("SELECT id FROM crm_guest")
    shown = await post(phone, f"/contacts/{anna['id']}/card/guests/{guest['id']}")
    assert "also writes" not in shown
    rows = await world.fetch(
        """SELECT p.name, m.text FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
             JOIN crm_contact p ON p.id = c.contact_id WHERE m.direction = 'in' ORDER BY m.id"""
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Anna Berg", "number 0"),
        ("Ben Stone", "number 1"),
        ("Ben Stone", "number 2"),
    ]
    for name in ("B. Stone", "Anna Berg", "Cleo Park"):
        await world.post(kind="email", sender="office@firm.example", name=name, text=f"later {name}")
    await world.settled()
    rows = await world.fetch(
        """SELECT p.name, m.text, coalesce(m.data->>'from', '') AS f FROM inbox_message m
             JOIN inbox_conversation c ON c.id = m.conversation_id JOIN crm_contact p ON p.id = c.contact_id
            WHERE m.text LIKE 'later%' ORDER BY m.id"""
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Ben Stone", "later B. Stone", ""),
        ("Anna Berg", "later Anna Berg", ""),
        ("Anna Berg", "later Cleo Park", "Cleo Park <office@firm.example>"),
    ]
    assert await world.value("SELECT count(*) FROM crm_suggestion WHERE state = 'open'") == 0


async def test_the_pop_up_tells_whom_the_line_shows(phone: Phone) -> None:
    await phone.tell("ringing", user="11", name="Anna Berg")
    await phone.tell("ringing", user="11", name="Ben Stone", call_id="c2")
    assert "Ben Stone &lt;+12025550123&gt;" in await panel(phone, "c2")
    assert "Ben Stone" not in await panel(phone, "c1")
    call = await phone.call("c2")
    async with phone.client.get(f"/conversations/{call['conversation_id']}") as answer:
        assert "Ben Stone &lt;+12025550123&gt;" in await answer.text()


async def test_a_split_counts_what_is_left_and_what_went(phone: Phone) -> None:
    world = phone.site.world
    for name in ("Anna Berg", "Ben Stone"):
        await world.post(kind="email", sender="office@firm.example", name=name, text=f"from {name}")
    await world.settled()
    guest = await world.value("SELECT id FROM crm_guest")
    await world.act(guests.split, guest, viewer=SYSTEM)
    rows = await world.fetch("SELECT message_count, last_text, state FROM inbox_conversation ORDER BY id")
    assert [row["last_text"] for row in rows] == ["from Anna Berg", "from Ben Stone"]
    assert [row["state"] for row in rows] == ["open", "open"]


async def test_a_missed_call_was_taken_by_nobody_and_is_not_asked_how_it_went(phone: Phone) -> None:
    await phone.tell("ringing", user="11")
    await phone.tell("ended", outcome="missed")
    call = await phone.call()
    async with phone.client.get(f"/calls/{call['id']}") as answer:
        page = await answer.text()
    assert "Rang at" in page
    assert "Taken by" not in page
    assert "How did it go?" not in page
    await post(phone, f"/calls/{call['id']}/outcome", note="tried the door")
    call = await phone.call()
    assert (call["note"], call["result"], call["user_id"]) == ("tried the door", "", phone.dara.id)


@pytest.mark.parametrize(("due", "title"), [("", ""), ("hour", ""), ("", "Send the offer")])
async def test_call_again_makes_a_task(phone: Phone, due: str, title: str) -> None:
    await phone.tell("answered", user="11")
    await phone.tell("ended", user="11", outcome="answered", duration=30)
    call = await phone.call()
    await post(phone, f"/calls/{call['id']}/outcome", result="later", due=due, title=title)
    [task] = await phone.site.world.fetch(
        "SELECT kind, due_at IS NOT NULL AS dated FROM crm_task WHERE done_at IS NULL"
    )
    assert tuple(task.values()) == (("task", False) if title else ("call_back", True))
