"""Two users, every verb, both pages afterwards: nobody loses text, and nobody is told what is not so."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from crm_core.users.model import User
from tests.hub.web.inbox.test_stream import hearing
from tests.site import CSRF, Site, texts
from tests.world import until

VERBS: dict[str, tuple[str, Mapping[str, str]]] = {
    "answer for them": ("messages", {"kind": "reply", "text": "I help", "lead": "help"}),
    "take over": ("messages", {"kind": "reply", "text": "Mine now", "lead": "take"}),
    "note": ("messages", {"kind": "note", "text": "between us"}),
    "assign to me": ("assignment", {"user_id": "me"}),
    "unassign": ("assignment", {"user_id": ""}),
    "to the bot": ("assignment", {"user_id": "bot"}),
    "close": ("closure", {}),
    "snooze": ("snooze", {"until": "tomorrow"}),
    "unread": ("unread", {}),
    "read": ("reading", {}),
    "typing": ("typing", {}),
}
LOSES = {"take over", "assign to me"}
HEADERS = {"HX-Request": "true", "X-CSRF-Token": CSRF}


@pytest.fixture
async def maly(site: Site) -> User:
    return (await site.world.user("Maly", is_available=False))[0]


@pytest.fixture
async def boss(site: Site) -> User:
    return (await site.world.user("Sokha", role="admin", is_available=False))[0]


@pytest.mark.parametrize("name", list(VERBS))
async def test_both_pages_after_every_verb(site: Site, maly: User, boss: User, name: str) -> None:
    id_ = await site.conversation("Is it still there?", name="Bopha")
    await site.assign(id_, maly)
    hers, his = await site.client(maly, **HEADERS), await site.client(boss, **HEADERS)
    draft = {"kind": "reply", "text": "I am in the middle of a sentence"}
    async with hers.post(f"/conversations/{id_}/drafts", data=draft) as answer:
        assert answer.status == 204
    place, fields = VERBS[name]
    async with (
        hearing(site, maly, view="all", conversation=str(id_)) as ear,
        hearing(site, boss, view="all", conversation=str(id_)) as own,
    ):
        async with his.post(f"/conversations/{id_}/{place}", data=fields) as answer:
            assert answer.status in (200, 204), await answer.text()
        if name in LOSES:
            await ear.waits_for("data-taken", "Sokha took over your conversation with Bopha", "/removal")
        elif name in ("answer for them", "note"):
            await ear.waits_for(fields["text"])
        elif name in ("unassign", "to the bot"):
            await ear.waits_for(f'id="c{id_}"', "Sokha")
        assert ("data-taken" in ear.html()) == (name in LOSES)
        assert "data-taken" not in own.html()
    kept = "SELECT text FROM inbox_draft WHERE user_id = $1 AND conversation_id = $2"
    assert await site.world.value(kept, maly.id, id_) == draft["text"], "her text is kept"
    leader = await site.world.value("SELECT assignee_id FROM inbox_conversation WHERE id = $1", id_)
    expected = {"unassign": None, "to the bot": None} | dict.fromkeys(LOSES, boss.id)
    assert leader == expected.get(name, maly.id)
    async with hers.post(f"/conversations/{id_}/messages", data=draft | {"key": "k", "force": "1"}) as answer:
        told = await answer.text()
    if name in LOSES:
        assert answer.status == 409
        assert "Sokha has this conversation now" in told, "never a bare 404"
        assert await site.world.value(kept, maly.id, id_) == draft["text"]
        async with hers.post(f"/conversations/{id_}/asking") as answer:
            assert answer.status == 204
        act = await site.world.value(
            "SELECT id FROM crm_act WHERE undone_at IS NULL ORDER BY at DESC LIMIT 1"
        )
        async with hers.post(f"/acts/{act}/removal") as answer:
            undone = answer.status
        if name == "assign to me":  # a reply is taken back only by who wrote it
            assert undone == 200
            async with hers.post(
                f"/conversations/{id_}/messages", data=draft | {"key": "k", "force": "1"}
            ) as answer:
                assert answer.status == 200
    else:
        assert answer.status == 200
        said = "SELECT count(*) FROM inbox_message WHERE text = $1"
        assert await site.world.value(said, draft["text"]) == 1
        async with hers.post(
            f"/conversations/{id_}/messages", data=draft | {"key": "k", "force": "1"}
        ) as answer:
            assert answer.status == 200
        assert await site.world.value(said, draft["text"]) == 1, "sent again it is stored once"


async def test_a_stranger_learns_nothing_of_whose_it_is(site: Site, maly: User, boss: User) -> None:
    stranger, _ = await site.world.user("Dara", is_available=False)
    id_ = await site.conversation("Is it still there?", name="Bopha")
    await site.assign(id_, maly)
    client = await site.client(stranger, **HEADERS)
    for place, fields in VERBS.values():
        async with client.post(f"/conversations/{id_}/{place}", data=fields) as answer:
            assert answer.status == 404
            assert "Maly" not in await answer.text()
    for place, fields in (("asking", {}), ("drafts", {"kind": "reply", "text": "x"})):
        async with client.post(f"/conversations/{id_}/{place}", data=fields) as answer:
            assert answer.status == 404


async def test_answering_a_colleagues_conversation_is_asked_first(site: Site, maly: User, boss: User) -> None:
    id_ = await site.conversation("Is it still there?", name="Bopha")
    await site.assign(id_, maly)
    his = await site.client(boss, **HEADERS)
    async with his.post(f"/conversations/{id_}/messages", data={"kind": "reply", "text": "Yes"}) as answer:
        assert answer.status == 409
        told = await answer.json()
    assert (told["what"], told["name"]) == ("led", "Maly")
    assert await site.world.value("SELECT count(*) FROM inbox_message WHERE direction = 'out'") == 0
    plain = await site.client(boss)
    form = {"kind": "reply", "text": "Without a script", "csrf": CSRF}
    async with plain.post(f"/conversations/{id_}/messages", data=form, allow_redirects=False) as answer:
        assert answer.status == 303
    assert await site.world.value("SELECT assignee_id FROM inbox_conversation") == maly.id


async def test_no_fragment_of_an_ended_session_takes_the_page_away(site: Site, maly: User) -> None:
    id_ = await site.conversation("Hello")
    await site.assign(id_, maly)
    client = await site.client(maly, **HEADERS)
    await site.world.fetch("DELETE FROM hub_session")
    addresses = [f"/conversations/{id_}/{place}" for place, _ in VERBS.values()]
    for address in (
        *addresses,
        "/attachments",
        "/messages/1/cancellation",
        "/calls/1/note",
        "/dials",
        "/tasks",
    ):
        async with client.post(address, data={"text": "x", "kind": "reply"}) as answer:
            assert answer.status == 401, address
            assert "HX-Redirect" not in answer.headers, "the page would be gone, and the text with it"
            assert answer.headers["HX-Reswap"] == "none"
            assert "Sign in again" in texts(await answer.text())
    async with client.get("/session") as answer:
        assert answer.status == 401
    fresh = await site.client(maly)
    async with fresh.get("/session") as answer:
        assert await answer.json() == {"user": maly.id, "csrf": CSRF}


async def test_a_contact_of_mine_with_colleagues_conversations_is_no_stranger(
    site: Site, maly: User, boss: User
) -> None:
    id_ = await site.conversation("Hello", name="Bopha")
    await site.assign(id_, boss)
    contact = await site.world.value("SELECT contact_id FROM inbox_conversation WHERE id = $1", id_)
    await site.world.fetch("UPDATE crm_contact SET owner_id = $1 WHERE id = $2", maly.id, contact)
    hers = await site.client(maly)
    for address in (f"/contacts/{contact}", f"/contacts/{contact}/card"):
        async with hers.get(address) as answer:
            page = texts(await answer.text())
        assert "1 conversation of a colleague" in page
        assert not re.search("No messages yet|Nothing was said", page)
    his = await site.client(boss)
    async with his.get(f"/contacts/{contact}") as answer:
        assert "of a colleague" not in texts(await answer.text())


async def test_who_lost_a_conversation_while_their_line_was_down_is_told_when_it_is_back(
    site: Site, maly: User, boss: User
) -> None:
    id_ = await site.conversation("Hello", name="Bopha")
    await site.assign(id_, maly)
    his = await site.client(boss, **HEADERS)
    async with his.post(f"/conversations/{id_}/assignment", data={"user_id": "me"}) as answer:
        assert answer.status == 200
    async with hearing(site, maly, view="all", conversation=str(id_)) as ear:
        await ear.waits_for("data-taken", "Sokha took this at")
        await site.conversation("A secret between the customer and Sokha")

        async def is_stored() -> bool:
            return await site.world.value("SELECT count(*) FROM inbox_message") == 2

        await until(is_stored)
        async with his.post(f"/conversations/{id_}/assignment", data={"user_id": str(maly.id)}) as answer:
            assert answer.status == 200
        await ear.waits_for("assigned the conversation with Bopha to you")
        assert "A secret" not in ear.html().split("assigned the conversation")[0].split('class="conv')[0]
