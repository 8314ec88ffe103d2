"""One search: typing errors, notations, scripts, marks, messages at their place, and nothing that one may not see."""

from __future__ import annotations

import re
from typing import Any

import pytest

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.tasks import service as tasks
from crm_core.users.model import SYSTEM, User, Viewer
from hub.searching import service
from hub.searching.service import Results
from hub.web.hits import marked
from tests.site import Site, texts


async def found(site: Site, who: Viewer, text: str, **options: Any) -> Results:
    async with site.world.pool.acquire() as conn, conn.transaction():
        return await service.search(conn, who, text, **options)


async def named(site: Site, name: str, *, owner: User | None = None, **handles: str) -> int:
    async with site.world.pool.acquire() as conn, conn.transaction():
        return await contacts.create(
            conn,
            SYSTEM if owner is None else Viewer.of(owner),
            name=name,
            handles=list(handles.items()),
        )


@pytest.mark.parametrize(
    ("name", "typed", "is_likely"),
    [
        ("Dmitry Volkov", "volkov", False),
        ("Dmitry Volkov", "volkof", True),
        ("Екатерина Смирнова", "смирн", False),
        ("Екатерина Смирнова", "смирнва", True),
        ("ចាន់ សុខា", "សុខា", False),
        ("Jürgen Roth", "jurgen rot", True),
        ("Nguyễn Văn An", "nguyễn", False),
    ],
)
async def test_names_are_found_with_typing_errors(site: Site, name: str, typed: str, is_likely: bool) -> None:
    id_ = await named(site, name)
    await named(site, "Somebody Else")
    results = await found(site, SYSTEM, typed)
    assert ([each.id for each in results.contacts], results.is_likely) == ([id_], is_likely)


@pytest.mark.parametrize(
    "typed", ["+855 12 345 678", "012-345-678", "855 12345678", "12 345", "0123456", "០១២ ៣៤៥ ៦៧៨"]
)
async def test_numbers_are_found_in_any_notation(site: Site, typed: str) -> None:
    id_ = await named(site, "Dara", phone="+85512345678")
    await named(site, "Bopha", phone="+85598765432")
    assert [each.id for each in (await found(site, SYSTEM, typed)).contacts] == [id_]


async def test_every_kind_is_found_and_more_is_told(site: Site) -> None:
    async with site.world.pool.acquire() as conn, conn.transaction():
        contact = await contacts.create(conn, SYSTEM, name="Orchid Hotel", handles=[])
        for n in range(4):
            await deals.create(conn, SYSTEM, contact_id=contact, title=f"Orchid rooms {n}")
        await tasks.create(conn, SYSTEM, title="Call the orchid people")
    await site.conversation("Do you have an orchid for my mother?", name="Sok", sender="sok")
    results = await found(site, SYSTEM, "orchid", limit=3)
    assert [each.name for each in results.contacts] == ["Orchid Hotel"]
    assert len(results.deals) == 3
    assert results.more == {"deal"}
    assert len(results.tasks) == 1
    assert [each.row.contact_name for each in results.messages] == ["Sok"]
    only = await found(site, SYSTEM, "orchid", kinds=("deal",), limit=50)
    assert (len(only.deals), len(only.contacts), only.more) == (4, 0, frozenset())


async def test_nobody_finds_what_they_may_not_see(site: Site) -> None:
    dara, _ = await site.world.user("Dara")
    rith, _ = await site.world.user("Rith")
    contact = await named(site, "Secret Orchid", owner=rith)
    async with site.world.pool.acquire() as conn, conn.transaction():
        await deals.create(conn, Viewer.of(rith), contact_id=contact, title="Orchid deal")
        await tasks.create(conn, Viewer.of(rith), title="Orchid task", assignee_id=rith.id)
    id_ = await site.conversation("The orchid is in the safe", name="Mr. Orchid", sender="orchid")
    await site.assign(id_, rith)
    async with site.world.pool.acquire() as conn:
        for table in ("crm_contact", "crm_deal", "crm_lead"):
            await conn.execute(f"UPDATE {table} SET owner_id = $1", rith.id)
        await conn.execute("DELETE FROM crm_follower WHERE user_id <> $1", rith.id)
    for typed in ("orchid", "orchld", "safe"):
        assert (await found(site, Viewer.of(dara), typed)).is_empty, typed
    theirs = await found(site, Viewer.of(rith), "orchid")
    assert theirs.contacts
    assert theirs.deals
    assert theirs.tasks
    assert theirs.messages


async def test_files_and_notes_are_found(site: Site) -> None:
    await site.conversation("Here it is", name="Sok", sender="sok", file="contract-orchid.txt")
    assert len((await found(site, SYSTEM, "contract")).messages) == 1


async def test_a_hit_far_up_is_opened_at_its_place(site: Site) -> None:
    dara, _ = await site.world.user("Dara")
    id_ = await site.conversation("The first word is orchid", name="Sok", sender="sok")
    await site.assign(id_, dara)
    await site.world.fetch(
        """INSERT INTO inbox_message (conversation_id, channel_id, direction, author, at, text)
           SELECT $1, c.channel_id, 'in', 'person', now(), 'Line ' || n
             FROM inbox_conversation c, generate_series(1, 120) AS n WHERE c.id = $1""",
        id_,
    )
    client = await site.client(dara)
    async with client.get("/search", params={"q": "orchid"}) as answer:
        html = await answer.text()
    assert "<mark>orchid</mark>" in html
    link = re.search(r'href="(/conversations/[^"]+)"', html.partition('data-hits="message"')[2])
    assert link
    async with client.get(link[1].replace("&amp;", "&")) as answer:
        thread = (await answer.text()).partition('id="messages"')[2]
    assert "The first word is orchid" in texts(thread)
    assert "Line 120" in thread


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("An <b> orchid", "orchid", "An &lt;b&gt; <mark>orchid</mark>"),
        ("Orchids & co", "orchid co", "<mark>Orchid</mark>s &amp; <mark>co</mark>"),
        ("nothing", "orchid", "nothing"),
        ("a.c", "a.c", "<mark>a.c</mark>"),
        ("text", "(", "text"),
        ("Привет", "прив", "<mark>Прив</mark>ет"),
    ],
)
def test_words_are_marked(text: str, query: str, shown: str) -> None:
    assert str(marked(text, query)) == shown


@pytest.mark.parametrize("query", ["", "a", "  ", "%", "\\", "'", "\x00q", "q" * 500, "<script>", "𝕏𝕐"])
async def test_any_query_gives_a_page(site: Site, query: str) -> None:
    dara, _ = await site.world.user("Dara")
    client = await site.client(dara)
    async with client.get("/search", params={"q": query}) as answer:
        assert answer.status == 200
        assert "<script>" not in (await answer.text()).partition("<main")[2]
