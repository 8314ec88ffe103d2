"""Promise: an act and its undo leave every row of every table as it was, but for the history that both happened."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crm_core.users.model import User, Viewer
from inbox.actions import drafts, service
from tests.promises.acts import DOING, LATER, STEPS, conversation, reply
from tests.promises.images import differences, image
from tests.world import World, close_world, open_world


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncGenerator[World]:
    opened = await open_world(db_url, redis_url, bot=False)
    yield opened
    await close_world(opened)


WHOSE = ("nobody", "own", "colleague")
STATES = ("open", "closed", "snoozed")


async def _prepare(world: World, *, whose: str, state: str, answered: bool) -> tuple[int, Viewer, User]:
    _, viewer = await world.user("Sokha", role="admin", is_available=False)
    other, _ = await world.user("Maly", is_available=False)
    await conversation(world, "Somebody else", sender="+85512000009")
    id_ = await conversation(world)
    await conversation(world, "Are you there?")
    owner = {"nobody": None, "own": viewer.user_id, "colleague": other.id}[whose]
    if owner:
        await world.act(service.assign, id_, user_id=owner)
    if answered:
        message_id = await reply(world, viewer, id_, "An earlier answer")
        await world.fetch("UPDATE inbox_outbox SET due_at = now() WHERE message_id = $1", message_id)
        world.runtime.deliverer.wake()
        await world.delivered()
    async with world.pool.acquire() as conn, conn.transaction():
        await drafts.keep(conn, viewer, id_, kind="reply", text="as I had begun")
        await drafts.keep(conn, viewer, id_, kind="note", text="for us only")
    if state == "closed":
        await world.act(service.close, id_)
    elif state == "snoozed":
        await world.act(service.snooze, id_, until=LATER)
    return id_, viewer, other


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("whose", WHOSE)
async def test_every_act_and_its_undo_change_nothing(world: World, whose: str, state: str) -> None:
    id_, viewer, other = await _prepare(world, whose=whose, state=state, answered=whose == "own")
    before = await image(world)
    for name, step in STEPS.items():
        await step(world, viewer, id_, other)
        assert differences(before, await image(world)) == [], name


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=(HealthCheck.function_scoped_fixture, HealthCheck.too_slow),
)
@given(names=st.lists(st.sampled_from(sorted(DOING)), min_size=2, max_size=5))
async def test_several_acts_undone_from_the_last_to_the_first_change_nothing(
    world: World, names: list[str]
) -> None:
    if not await world.value("SELECT EXISTS (SELECT FROM inbox_conversation)"):
        await _prepare(world, whose="own", state="open", answered=True)
    id_ = await world.value("SELECT max(id) FROM inbox_conversation")
    sokha, maly = [
        row["id"] for row in await world.fetch("SELECT id FROM crm_user ORDER BY id DESC LIMIT 2")
    ][::-1]
    viewer = Viewer(user_id=sokha, role="admin")
    before = await image(world)
    for name in names:
        await DOING[name](world, viewer, id_, maly)
    while act := await _last_act_of(world, viewer):
        await world.act(service.undo, act, viewer=viewer)
    assert differences(before, await image(world)) == []


async def _last_act_of(world: World, viewer: Viewer) -> object:
    return await world.value(
        """SELECT id FROM crm_act a WHERE user_id = $1 AND undone_at IS NULL AND NOT EXISTS (
               SELECT FROM inbox_outbox o WHERE o.message_id = a.message_id AND o.state NOT IN ('waiting', 'retry'))
            ORDER BY at DESC LIMIT 1""",
        viewer.user_id,
    )
