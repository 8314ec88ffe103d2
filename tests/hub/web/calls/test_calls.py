"""Pages of calls: lists, notes, what a call came to, calls at a click, blocked numbers, statistics, who sees what."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import orjson
import pytest

from connectors.conformance.server import HANG_UP
from tests.hub.web.calls.conftest import OURS, RANG, Phone
from tests.site import CSRF, texts

NOW = int(time.time())
HTMX = {"HX-Request": "true", "X-CSRF-Token": CSRF}


async def get(phone: Phone, path: str, *, status: int = 200, client: Any = None) -> str:
    async with (client or phone.client).get(path) as answer:
        assert answer.status == status, path
        return await answer.text()


async def talked(phone: Phone, call_id: str = "c1", *, at: int = NOW - 600, user: str = "11") -> int:
    await phone.tell("ringing", call_id=call_id, user=user, at=at)
    await phone.tell("answered", call_id=call_id, user=user, at=at + 5)
    await phone.tell("ended", call_id=call_id, outcome="answered", duration=60, at=at + 65)
    return (await phone.call(call_id))["id"]


async def missed(phone: Phone, call_id: str, *, at: int = NOW - 300) -> None:
    await phone.tell("ringing", call_id=call_id, at=at)
    await phone.tell("ended", call_id=call_id, outcome="missed", at=at + 20)


async def test_who_rang_in_vain_stands_once_until_they_were_reached(phone: Phone) -> None:
    for number in range(3):
        await missed(phone, f"m{number}", at=NOW - 900 + number * 60)
    html = await get(phone, "/calls")
    assert (
        html.count('class="waiting') - html.count('class="waiting-list') - html.count('class="waiting__') == 1
    )
    assert "rang 3 times" in texts(html)
    assert f'data-dial="{RANG}"' in html
    await talked(phone, "c9", at=NOW - 60)
    assert "Nobody is waiting for a call" in texts(await get(phone, "/calls"))


async def test_lists_hold_what_they_say(phone: Phone) -> None:
    await talked(phone, "in")
    await missed(phone, "no")
    ours = {"direction": "out", "from": OURS, "to": RANG, "user": "12"}
    await phone.tell("ended", call_id="out", outcome="answered", duration=9, **ours)
    for view, count in (("all", 3), ("missed", 1), ("answered", 1), ("outgoing", 1)):
        html = await get(phone, f"/calls?view={view}")
        assert html.count('class="call-row"') == count, view
    assert (await get(phone, "/calls?view=all&whose=mine")).count('class="call-row"') == 2
    assert (await get(phone, "/calls?view=all&number=%2B19999999999")).count('class="call-row"') == 0
    await get(phone, "/calls?view=all&after=nonsense", status=422)
    assert (await phone.call("in"))["waited"] == 5
    assert (await phone.call("in"))["user_id"] == phone.dara.id


async def test_pages_of_a_list_follow_each_other_without_gap_or_repeat(phone: Phone) -> None:
    for number in range(55):
        await phone.tell("ended", call_id=f"c{number}", outcome="missed", at=NOW - number)
    first = await get(phone, "/calls?view=all")
    address = first.partition('hx-get="/calls?view=all')[2].partition('"')[0].replace("&amp;", "&")
    async with phone.client.get(f"/calls?view=all{address}", headers=HTMX) as answer:
        second = await answer.text()
    assert (first.count('class="call-row"'), second.count('class="call-row"')) == (50, 5)


async def test_notes_keep_themselves_and_a_late_step_does_not_lose_them(phone: Phone) -> None:
    await phone.tell("ringing", user="11", at=NOW)
    await phone.tell("answered", user="11", at=NOW + 4)
    id_ = (await phone.call())["id"]
    async with phone.client.post(
        f"/calls/{id_}/note", data={"note": "Blue <b>tiles</b>"}, headers=HTMX
    ) as answer:
        assert answer.status == 204
    await phone.tell("ended", outcome="answered", duration=61, at=NOW + 65)
    data = await phone.site.world.value("SELECT data FROM inbox_message WHERE direction = 'call'")
    assert (data["note"], data["duration"]) == ("Blue <b>tiles</b>", 61)
    assert "Blue &lt;b&gt;tiles&lt;/b&gt;" in await get(phone, f"/calls/{id_}")


async def test_what_it_came_to_and_the_next_task(phone: Phone) -> None:
    id_ = await talked(phone)
    form = {"note": "Wants an offer", "result": "later", "title": "Send the offer", "due": "tomorrow"}
    async with phone.client.post(f"/calls/{id_}/outcome", data=form, headers=HTMX) as answer:
        assert "Saved. Task added." in texts(await answer.text())
    call = await phone.call()
    assert (call["note"], call["result"]) == ("Wants an offer", "later")
    tasks = await phone.site.world.fetch("SELECT title, assignee_id, due_at > now() AS later FROM crm_task")
    assert tasks == [{"title": "Send the offer", "assignee_id": phone.dara.id, "later": True}]
    async with phone.client.post(f"/calls/{id_}/outcome", data={"result": "x"}, headers=HTMX) as answer:
        assert answer.status == 422


async def test_a_click_rings_our_telephone_first_and_once(phone: Phone) -> None:
    phone.exchange.will_answer({"body": {"call_id": "x1"}})
    form = {"number": "(202) 555-0123", "contact_id": "", "name": "Ann"}

    async def click() -> str:
        async with phone.client.post("/dials", data=form, headers=HTMX) as answer:
            assert answer.status == 200
            return texts(await answer.text())

    said = await asyncio.gather(click(), click(), click())
    assert sorted("rings first" in one for one in said) == [False, False, True]
    assert sum("This number is being rung already." in one for one in said) == 2
    assert [request["json"]["to"] for request in phone.exchange.requests] == [RANG]
    assert phone.exchange.requests[0]["json"]["extension"] == "11"
    assert phone.exchange.requests[0]["headers"]["x-token"] == "s3cret"
    row = (await phone.site.world.fetch("SELECT state, call_id, number FROM inbox_dial"))[0]
    assert tuple(row.values()) == ("placed", "x1", RANG)


@pytest.mark.parametrize(
    ("answer", "state", "sentence"),
    [
        ({"status": 503, "body": "busy"}, "refused", "The call could not be placed"),
        ({"status": 422, "body": {"error": "No such extension"}}, "refused", "No such extension"),
        (HANG_UP, "unknown", "Not certain"),
    ],
)
async def test_an_exchange_that_does_not_ring(
    phone: Phone, answer: dict[str, Any], state: str, sentence: str
) -> None:
    phone.exchange.will_answer(answer)
    async with phone.client.post("/dials", data={"number": RANG}, headers=HTMX) as said:
        assert sentence in texts(await said.text())
    assert await phone.site.world.value("SELECT state FROM inbox_dial") == state
    assert len(phone.exchange.requests) == 1


@pytest.mark.parametrize("number", ["", "12", "nobody", "withheld:c1", "+1", "<script>"])
async def test_what_is_no_number_is_not_rung(phone: Phone, number: str) -> None:
    async with phone.client.post("/dials", data={"number": number}, headers=HTMX) as answer:
        assert "The call could not be placed" in texts(await answer.text())
    assert phone.exchange.requests == []


async def test_without_an_extension_nobody_rings(phone: Phone) -> None:
    ann, _ = await phone.site.world.user("Ann")
    client = await phone.site.client(ann)
    async with client.post("/dials", data={"number": RANG}, headers=HTMX) as answer:
        assert "Enter your extension in your profile first" in texts(await answer.text())
    assert phone.exchange.requests == []


async def test_a_colleagues_call_is_not_there(phone: Phone) -> None:
    id_ = await talked(phone)
    await phone.site.world.fetch("UPDATE inbox_conversation SET assignee_id = $1", phone.sok.id)
    ops, _ = await phone.site.world.user("Op", role="ops")
    for path in (f"/calls/{id_}", f"/calls/{id_}/panel"):
        await get(phone, path, status=404)
        await get(phone, path, status=403, client=await phone.site.client(ops))
    for verb in ("note", "outcome", "blocking"):
        async with phone.client.post(f"/calls/{id_}/{verb}", data={"note": "x", "csrf": CSRF}) as answer:
            assert answer.status == 404, verb
    assert (await get(phone, "/calls?view=all")).count('class="call-row"') == 0
    assert "No calls in this time" in texts(await get(phone, "/calls/statistics"))
    sok = await phone.site.client(phone.sok)
    assert RANG[-4:] in texts(await get(phone, f"/calls/{id_}", client=sok))


async def test_the_exchange_is_told_whom_to_ring_and_whom_to_refuse(phone: Phone) -> None:
    await talked(phone)
    world = phone.site.world
    await world.fetch("UPDATE crm_contact SET owner_id = $1, name = 'Ann \"A\" Lee'", phone.dara.id)
    answer = orjson.loads(await phone.tell("ringing", call_id="c2"))
    assert answer == {"status": "accepted", "action": "dial", "extension": "11", "caller_name": 'Ann "A" Lee'}
    await world.fetch("UPDATE crm_user SET is_in = false")
    assert "extension" not in orjson.loads(await phone.tell("ringing", call_id="c3"))
    id_ = (await phone.call())["id"]
    async with phone.client.post(f"/calls/{id_}/blocking", data={"csrf": CSRF}) as blocked:
        assert "This number is blocked." in texts(await blocked.text())
    assert orjson.loads(await phone.tell("ringing", call_id="c4"))["action"] == "reject"
    await phone.tell("ended", call_id="c4", outcome="missed")
    assert await world.value("SELECT count(*) FROM crm_task WHERE kind = 'call_back'") == 0
    async with phone.client.post(f"/calls/{id_}/blocking", data={"csrf": CSRF, "undo": "1"}) as freed:
        assert "Block this number" in texts(await freed.text())


async def test_statistics_add_up(phone: Phone) -> None:
    for number in range(4):
        await talked(phone, f"a{number}", at=NOW - 5000 + number * 300, user="11" if number else "12")
    await missed(phone, "m1", at=NOW - 4500)
    await missed(phone, "m2", at=NOW - 100)
    html = await get(phone, "/calls/statistics?days=7")
    said = texts(html)
    assert "Incoming 6 Answered 4 Missed 2 33 % Reached later 1" in said
    assert "Wait for an answer 5s" in said
    for person, figures in (("Dara", "3"), ("Sok", "1")):
        assert f"{person} " in said, figures
    await get(phone, "/calls/statistics?days=99999999999")


async def test_a_page_opened_while_it_rings_shows_it(phone: Phone) -> None:
    await phone.tell("ringing", user="11", at=NOW)
    assert "Incoming call" in texts(await get(phone, "/calls/now"))
    sok = await phone.site.client(phone.sok)
    assert "Incoming call" not in texts(await get(phone, "/calls/now", client=sok))
    await phone.tell("answered", user="11", at=NOW + 2)
    assert "In a call" in texts(await get(phone, "/calls/now"))
    await phone.tell("ended", outcome="answered", at=int(time.time()))
    assert "How did it go?" in texts(await get(phone, "/calls/now"))
