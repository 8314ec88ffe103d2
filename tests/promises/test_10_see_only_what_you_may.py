"""Promise 10: one visibility rule serves lists, counters, search, cards, files, verbs, live pushes and the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.users.model import User, Viewer
from hub.api import tokens
from hub.serve import build_app
from inbox.actions import service
from inbox.conversations.visibility import sees
from inbox.files import service as files
from inbox.views import queries
from tests.world import World
from values.errors import Forbidden, NotFound

SECRET_WORD = "zebrafinch"


@dataclass(slots=True)
class Scene:
    """A conversation of Anna's, looked at by everybody."""

    world: World
    conversation_id: int
    message_id: int
    contact_id: int
    anna: User
    viewers: dict[str, Viewer]

    async def look(self, name: str, ask: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        async with self.world.pool.acquire() as conn, conn.transaction():
            return await ask(conn, self.viewers[name], *args, **kwargs)


@pytest.fixture
async def scene(world: World) -> Scene:
    anna, as_anna = await world.user("Anna")
    _, as_boris = await world.user("Boris", is_available=False)
    _, as_chief = await world.user("Chief", is_available=False, sees_all=True)
    _, as_admin = await world.user("Admin", role="admin", is_available=False)
    _, as_ops = await world.user("Ops", role="ops", is_available=False)
    await world.post(
        sender="+12025550100", name="Zoe Secret", text=f"I want a {SECRET_WORD}", file="secret.txt"
    )
    await world.settled()
    id_ = await world.value("SELECT id FROM inbox_conversation")
    await world.act(service.assign, id_, user_id=anna.id)
    await world.delivered()
    return Scene(
        world=world,
        conversation_id=id_,
        message_id=await world.value("SELECT min(id) FROM inbox_message"),
        contact_id=await world.value("SELECT id FROM crm_contact"),
        anna=anna,
        viewers={"anna": as_anna, "boris": as_boris, "chief": as_chief, "admin": as_admin, "ops": as_ops},
    )


MAY = ["anna", "chief", "admin"]
MAY_NOT = ["boris"]


@pytest.mark.parametrize("name", MAY + MAY_NOT)
async def test_lists_counters_and_search(scene: Scene, name: str) -> None:
    may = name in MAY
    page = await scene.look(name, queries.list_conversations, view="all")
    assert bool(page.items) is may
    waiting = await scene.look(name, queries.list_conversations, view="waiting")
    assert bool(waiting.items) is may
    counters = await scene.look(name, queries.counters)
    assert counters["all"][0] == int(may)
    for words in (SECRET_WORD, "Zoe Secret", "12025550100"):
        assert bool(await scene.look(name, queries.search, words)) is may
    assert bool(await scene.look(name, queries.for_contact, [scene.contact_id])) is may


LOOKS: dict[str, Callable[[Scene], tuple[Any, ...]]] = {
    "conversation": lambda s: (queries.get, s.conversation_id),
    "thread": lambda s: (queries.thread, s.conversation_id),
    "message": lambda s: (queries.message, s.message_id),
    "html": lambda s: (queries.html_of, s.message_id),
    "contact": lambda s: (contacts.get, s.contact_id),
}


@pytest.mark.parametrize("what", LOOKS)
@pytest.mark.parametrize("name", [*MAY, *MAY_NOT, "ops"])
async def test_direct_looks(scene: Scene, name: str, what: str) -> None:
    ask, *args = LOOKS[what](scene)
    if name in MAY:
        await scene.look(name, ask, *args)
        return
    with pytest.raises(Forbidden if name == "ops" else NotFound):
        await scene.look(name, ask, *args)


async def test_a_file_is_opened_by_those_who_see_its_conversation(scene: Scene) -> None:
    file_id = await scene.world.value("SELECT id FROM inbox_attachment")
    assert (await scene.look("anna", files.open_file, file_id)).content == b"file"
    for name, error in (("boris", NotFound), ("ops", Forbidden)):
        with pytest.raises(error):
            await scene.look(name, files.open_file, file_id)


VERBS: dict[str, Callable[[Scene], tuple[Any, dict[str, Any]]]] = {
    "reply": lambda s: (
        service.reply,
        {"composed": service.Reply(text="x"), "directory": s.world.runtime.directory},
    ),
    "note": lambda s: (service.note, {"text": "x"}),
    "assign": lambda s: (service.assign, {"user_id": s.anna.id}),
    "close": lambda s: (service.close, {}),
    "mark_read": lambda s: (service.mark_read, {}),
    "hand_to_bot": lambda s: (service.hand_to_bot, {}),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("name", "error"), [("boris", NotFound), ("ops", Forbidden)])
async def test_verbs_are_refused(scene: Scene, verb: str, name: str, error: type[Exception]) -> None:
    act, options = VERBS[verb](scene)
    with pytest.raises(error):
        await scene.look(name, act, scene.conversation_id, **options)


async def test_deals_are_seen_by_their_owner(scene: Scene) -> None:
    deal_id = await scene.world.value("SELECT id FROM crm_deal")
    for name in MAY:
        assert (await scene.look(name, deals.get, deal_id)).id == deal_id
    with pytest.raises(NotFound):
        await scene.look("boris", deals.get, deal_id)


async def test_what_is_nobodys_is_seen_by_every_manager(scene: Scene) -> None:
    await scene.world.act(service.assign, scene.conversation_id, user_id=None)
    for name in (*MAY, *MAY_NOT):
        assert (await scene.look(name, queries.get, scene.conversation_id)).id == scene.conversation_id


@pytest.mark.parametrize(
    ("name", "may"), [("anna", True), ("boris", False), ("chief", True), ("admin", True), ("ops", False)]
)
def test_live_pushes_follow_the_same_rule(name: str, may: bool) -> None:
    viewers = {
        "anna": Viewer(user_id=1, role="manager", sees_all=False),
        "boris": Viewer(user_id=2, role="manager", sees_all=False),
        "chief": Viewer(user_id=3, role="manager", sees_all=True),
        "admin": Viewer(user_id=4, role="admin", sees_all=False),
        "ops": Viewer(user_id=5, role="ops", sees_all=False),
    }
    assert sees(viewers[name], 1) is may
    assert sees(viewers[name], None) is (name != "ops")


@pytest.mark.parametrize("name", [*MAY, *MAY_NOT, "ops"])
async def test_the_api_follows_the_same_rule(scene: Scene, name: str) -> None:
    async with scene.world.pool.acquire() as conn, conn.transaction():
        token = await tokens.create(conn, name="t", scopes=["all"], user_id=scene.viewers[name].user_id)
    client = TestClient(TestServer(build_app(scene.world.runtime)))
    await client.start_server()
    headers = {"Authorization": f"Bearer {token}"}
    wanted = 200 if name in MAY else 403 if name == "ops" else 404
    one = f"/api/v1/conversations/{scene.conversation_id}"
    for path in (one, f"{one}/messages"):
        async with client.get(path, headers=headers) as response:
            assert response.status == wanted, path
            if wanted != 200:
                assert SECRET_WORD not in await response.text()
    async with client.get(f"/api/v1/conversations?query={SECRET_WORD}", headers=headers) as response:
        assert ("Zoe Secret" in await response.text()) is (name in MAY)
    await client.close()
