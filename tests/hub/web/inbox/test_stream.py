"""The live stream: the change itself, only to whom it is visible, through breaks of line, Redis and session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from redis.asyncio import Redis

from crm_core.users.model import User
from hub.live import Live
from hub.web.client import BACKLOG, RELOAD, Client
from hub.wording.i18n import locale_context
from inbox.actions import service
from inbox.changes import Change
from tests.site import Site
from tests.world import until


class Ear:
    """Hears a stream: everything that came, by event."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.is_over = asyncio.Event()

    async def listen(self, answer: aiohttp.ClientResponse) -> None:
        event, data = "", []
        async for raw in answer.content:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                data.append(line[6:])
            elif not line and event:
                self.heard.append((event, "\n".join(data)))
                event, data = "", []
        self.is_over.set()

    def html(self) -> str:
        return "".join(data for event, data in self.heard if event == "html")

    async def waits_for(self, *words: str) -> None:
        async def is_there() -> bool:
            return all(word in self.html() for word in words)

        await until(is_there)

    async def waits_for_event(self, name: str) -> None:
        async def is_there() -> bool:
            return any(event == name for event, _ in self.heard)

        await until(is_there)


@asynccontextmanager
async def hearing(site: Site, user: User, **asked: str) -> AsyncIterator[Ear]:
    client = await site.client(user)
    ear = Ear()
    async with client.get("/live", params=asked, timeout=aiohttp.ClientTimeout(total=None)) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        task = asyncio.create_task(ear.listen(answer))
        await ear.waits_for_event("hello")
        yield ear
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def dara(site: Site) -> User:
    return (await site.world.user("Dara", is_available=False))[0]


@pytest.fixture
async def rith(site: Site) -> User:
    return (await site.world.user("Rith", is_available=False))[0]


async def test_a_message_reaches_who_may_see_it_and_nobody_else(site: Site, dara: User, rith: User) -> None:
    admin, _ = await site.world.user("Sokha", role="admin", is_available=False)
    ops, _ = await site.world.user("Oona", role="ops", is_available=False)
    id_ = await site.conversation("First", sender="+85512000001", name="Bopha")
    await site.assign(id_, dara)
    async with (
        hearing(site, dara, view="mine", conversation=str(id_)) as mine,
        hearing(site, rith, view="all", conversation=str(id_)) as his,
        hearing(site, admin, view="all") as hers,
        hearing(site, ops) as theirs,
    ):
        await site.conversation("The second message", sender="+85512000001")
        await mine.waits_for('id="m2"', "The second message", f'id="c{id_}"', 'data-into="messages"')
        await hers.waits_for(f'id="c{id_}"', "The second message")
        assert 'data-into="messages"' not in hers.html(), "a page without the conversation needs the row only"
        await site.conversation("For everybody", sender="+85512000002", name="Chan")
        await site.assign(id_, dara)
        for ear in (his, theirs):
            assert "The second message" not in ear.html()
            assert "Bopha" not in ear.html()
        assert theirs.html().count("data-live") == theirs.html().count('id="jobs-news"'), (
            "their own jobs alone"
        )


async def test_a_conversation_that_is_given_away_leaves_the_list(site: Site, dara: User, rith: User) -> None:
    id_ = await site.conversation("Hello", name="Bopha")
    await site.assign(id_, dara)
    boss, viewer = await site.world.user("Sokha", role="admin", is_available=False)
    assert boss.name == "Sokha"
    async with (
        hearing(site, dara, view="mine", conversation=str(id_)) as mine,
        hearing(site, rith, view="mine") as his,
    ):
        await site.world.act(service.assign, id_, viewer=viewer, user_id=rith.id)
        await his.waits_for("Sokha assigned the conversation with Bopha to you")
        await mine.waits_for(f'data-live="remove" data-id="c{id_}"')
        await his.waits_for(f'id="c{id_}"', "Bopha")
        await mine.waits_for("took over your conversation with Bopha", "/removal", "data-taken")
        assert 'class="conv' not in mine.html()


async def test_rows_are_drawn_in_the_language_of_their_reader(site: Site, dara: User) -> None:
    irina, _ = await site.world.user("Irina", language="ru", is_available=False)
    async with hearing(site, dara, view="all") as english, hearing(site, irina, view="all") as russian:
        await site.conversation("Hello", name="Bopha")
        await english.waits_for("The customer is waiting for an answer", 'id="views"')
        await russian.waits_for("Клиент ждёт ответа", "Без менеджера")


async def test_a_call_rings_at_its_extension(site: Site, dara: User, rith: User) -> None:
    await site.world.fetch("UPDATE crm_user SET extension = '101' WHERE id = $1", dara.id)
    await site.world.fetch("UPDATE crm_user SET extension = '102' WHERE id = $1", rith.id)
    await site.conversation("Hello", sender="+85512000009", name="Bopha")
    await site.world.fetch("UPDATE inbox_conversation SET assignee_id = NULL")
    async with hearing(site, dara) as mine, hearing(site, rith) as his:
        await site.world.post(type="call", call="c1", step="ringing", sender="+85512000009", user="101")
        await mine.waits_for("Incoming call", "Bopha", 'role="alertdialog"')
        assert "alertdialog" not in his.html()
        await site.world.post(
            type="call", call="c1", step="ended", state="missed", sender="+85512000009", user="101"
        )
        await mine.waits_for('data-live="remove" data-id="call')


async def test_one_sees_who_else_looks(site: Site) -> None:
    one, _ = await site.world.user("Dara", sees_all=True)
    two, _ = await site.world.user("Rith", sees_all=True)
    id_ = await site.conversation("Hello")
    async with hearing(site, one, view="all", conversation=str(id_)) as mine:
        async with hearing(site, two, view="all", conversation=str(id_)):
            await mine.waits_for("Rith is viewing this conversation too")
        mine.heard.clear()
        await mine.waits_for('id="looking"')
        assert "Rith" not in mine.html()


async def test_the_stream_goes_on_without_redis_and_heals(site: Site, dara: User) -> None:
    live = site.world.runtime.live
    other = Live(Redis.from_url(site.world.runtime.settings.redis_url))
    heard: list[Change] = []

    async def hear(change: Change) -> None:
        heard.append(change)

    other.listen(hear)
    await other.start()
    redis = live._redis  # pyright: ignore[reportPrivateUsage] - to take it away
    try:

        async def crosses() -> bool:
            await live.publish([Change(kind="channel", channel_id=1)])
            return bool(heard)

        await until(crosses)
        live._redis = Redis(host="127.0.0.1", port=1)  # pyright: ignore[reportPrivateUsage]
        async with hearing(site, dara, view="all") as ear:
            await site.conversation("Nobody but us hears this", name="Bopha")
            await ear.waits_for("Nobody but us hears this")
        live._redis = redis  # pyright: ignore[reportPrivateUsage]
        heard.clear()
        await until(crosses)
    finally:
        await other.stop()
        await other._redis.aclose()  # pyright: ignore[reportPrivateUsage]


async def test_an_ended_session_ends_its_stream(
    site: Site, dara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.web.stream.HEARTBEAT", 0.1)
    async with hearing(site, dara, view="all") as ear:
        await site.world.fetch("DELETE FROM hub_session")
        await asyncio.wait_for(ear.is_over.wait(), 60)
    anonymous = await site.client()
    async with anonymous.get("/live", headers={"Accept": "text/event-stream"}) as answer:
        assert "signed-out" in await answer.text()


async def test_a_page_that_does_not_keep_up_is_told_to_load_itself(site: Site, dara: User) -> None:
    client = Client(
        user=dara,
        viewer=None,
        speech=locale_context("en"),
        csrf="",
        view="all",
        is_searching=False,
        watched=None,  # type: ignore[arg-type]  # never looked at here
    )
    for n in range(BACKLOG + 1):
        client.push("html", f"line {n}\nsecond")
    assert client.queue.qsize() == 1
    assert client.queue.get_nowait() == RELOAD
    client.push("html", "a\nb")
    assert client.queue.get_nowait() == b"event: html\ndata: a\ndata: b\n\n"
