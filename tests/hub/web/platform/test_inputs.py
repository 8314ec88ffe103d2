"""Journal, quarantine and ledger over HTTP."""

from __future__ import annotations

import aiohttp
import pytest

from tests.hub.web.conftest import Send
from tests.site import Site, texts
from tests.world import until

STATE = "SELECT state FROM inbox_journal WHERE id = $1"


async def broken(site: Site, n: int = 1) -> list[int]:
    """Inputs in quarantine."""
    for i in range(n):
        assert await site.world.post(sender="+85512000009", text=f"odd {i}", type="nonsense") == 200
    await site.world.settled()
    rows = await site.world.fetch("SELECT id FROM inbox_journal WHERE state = 'quarantined' ORDER BY id")
    return [row["id"] for row in rows]


async def test_the_journal_filters_and_pages(site: Site, admin: aiohttp.ClientSession) -> None:
    await site.conversation("fine")
    await site.world.fetch(
        "INSERT INTO inbox_journal (channel_id, received_at, state, lane, transport, meta, body)"
        " SELECT 1, now(), 'ignored', 1, 'http', '{}', 'x' FROM generate_series(1, 60)"
    )
    async with admin.get("/journal?state=ignored&channel=sink") as answer:
        html = await answer.text()
    assert html.count('href="/journal/') == 50
    older = html.split('href="/journal?channel=sink')[1].split('"')[0].replace("&amp;", "&")
    async with admin.get("/journal?channel=sink" + older) as answer:
        assert (await answer.text()).count('href="/journal/') == 10
    async with admin.get("/journal?after=broken") as answer:
        assert answer.status == 422


async def test_an_entry_shows_what_came_and_what_it_means(site: Site, admin: aiohttp.ClientSession) -> None:
    await site.conversation("<b>bold</b>", name="Bopha")
    async with admin.get(f"/journal/{await site.world.value('SELECT max(id) FROM inbox_journal')}") as answer:
        html = await answer.text()
    assert "<b>bold" not in html
    assert "InboundMessage" in texts(html)
    await site.world.fetch("UPDATE inbox_journal SET body = '\\x00ff10'")
    async with admin.get(f"/journal/{await site.world.value('SELECT max(id) FROM inbox_journal')}") as answer:
        html = texts(await answer.text())
    assert "000000 00 ff 10" in html
    assert "Cannot be read" in html or "failed on it" in html


async def test_processing_again_makes_nothing_twice_and_the_ledger_balances(site: Site, send: Send) -> None:
    await site.conversation("once")
    id_ = await site.world.value("SELECT max(id) FROM inbox_journal")
    assert (await send(f"/journal/{id_}/processing"))[2] == f"/journal/{id_}?done=again"
    await site.world.settled()
    await until(lambda: site.world.value("SELECT state <> 'pending' FROM inbox_journal WHERE id = $1", id_))
    assert await site.world.value("SELECT count(*) FROM inbox_message WHERE text = 'once'") == 1
    await site.world.balanced()


@pytest.mark.parametrize("how", ["chosen", "group", "all"])
async def test_quarantine_is_set_aside(site: Site, send: Send, how: str) -> None:
    ids = await broken(site, 3)
    reason = await site.world.value("SELECT left(reason, 200) FROM inbox_journal WHERE id = $1", ids[0])
    data = {
        "chosen": [("id", str(ids[0])), ("id", str(ids[1]))],
        "group": [("group", f"1:{reason}")],
        "all": [("all", "1")],
    }[how]
    status, _, location = await send("/quarantine/removals", data)
    assert (status, location) == (303, f"/quarantine?done=aside&n={2 if how == 'chosen' else 3}")
    left = await site.world.value("SELECT count(*) FROM inbox_journal WHERE state = 'quarantined'")
    assert left == (1 if how == "chosen" else 0)
    await site.world.balanced()


async def test_a_replay_after_the_cause_is_mended(
    site: Site, admin: aiohttp.ClientSession, send: Send
) -> None:
    ids = await broken(site)
    await site.world.fetch(
        "UPDATE inbox_journal SET body = convert_to(replace(convert_from(body, 'UTF8'), 'nonsense', 'message'), 'UTF8')"
    )
    assert (await send("/quarantine/replays", [("id", str(ids[0]))]))[0] == 303
    await until(
        lambda: site.world.value("SELECT state = 'processed' FROM inbox_journal WHERE id = $1", ids[0])
    )
    async with admin.get("/quarantine") as answer:
        assert "Nothing is in quarantine" in texts(await answer.text())
    await site.world.balanced()


@pytest.mark.parametrize("data", [[("id", "x")], [("id", "9" * 30)]])
async def test_what_is_no_input_is_refused(send: Send, data: list[tuple[str, str]]) -> None:
    assert (await send("/quarantine/replays", data))[0] == 422


@pytest.mark.parametrize("data", [[], [("group", "7")]])
async def test_a_choice_of_nothing_leads_back_to_the_list(send: Send, data: list[tuple[str, str]]) -> None:
    status, _, target = await send("/quarantine/replays", data)
    assert (status, target) == (303, "/quarantine")


async def test_a_difference_in_the_ledger_is_an_alarm(site: Site, admin: aiohttp.ClientSession) -> None:
    await site.conversation("hello")
    async with admin.get("/ledger") as answer:
        assert "Everything balances." in texts(await answer.text())
    await site.world.fetch("UPDATE inbox_ledger SET n = n + 1 WHERE what = 'received'")
    async with admin.get("/ledger?days=30") as answer:
        html = texts(await answer.text())
    assert "The ledger does not balance." in html
    assert "difference 1" in html
