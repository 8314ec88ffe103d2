"""Promise: an act and its undo leave every row of every table as it was, but for the history that both happened."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crm_core.contacts import service as contacts
from crm_core.errors import Conflict, NotFound
from crm_core.users.model import SYSTEM, User, Viewer
from inbox.actions import drafts, service
from tests.promises.images import differences, image
from tests.world import World, close_world, open_world, until

LATER = datetime.now(UTC) + timedelta(days=2)
HOUR = 3600.0
"""Long enough that nothing leaves while the test looks."""


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncGenerator[World]:
    opened = await open_world(db_url, redis_url, bot=False)
    yield opened
    await close_world(opened)


async def _talk(world: World, text: str = "Is it still there?", *, sender: str = "+85512000001") -> int:
    assert await world.post(sender=sender, text=text, name="Bopha") == 200
    await world.settled()
    return await world.value("SELECT max(id) FROM inbox_conversation WHERE handle_value = $1", sender)


async def _last_act(world: World) -> object:
    return await world.value("SELECT id FROM crm_act WHERE undone_at IS NULL ORDER BY at DESC LIMIT 1")


async def _reply(world: World, viewer: Viewer, id_: int, text: str = "Yes", **more: object) -> int:
    changes = await world.act(
        service.reply,
        id_,
        viewer=viewer,
        directory=world.runtime.directory,
        text=text,
        undo_seconds=HOUR,
        **more,
    )
    return changes[0].id


async def _undo(world: World, viewer: Viewer) -> None:
    await world.act(service.undo, await _last_act(world), viewer=viewer)


Step = Callable[[World, Viewer, int, User], Awaitable[None]]


async def send(world: World, viewer: Viewer, id_: int, _: User) -> None:
    message_id = await _reply(world, viewer, id_)
    await world.act(service.cancel_delivery, message_id, viewer=viewer)


async def take_over_by_sending(world: World, viewer: Viewer, id_: int, _: User) -> None:
    message_id = await _reply(world, viewer, id_, lead="take")
    await world.act(service.cancel_delivery, message_id, viewer=viewer)


async def send_by_its_act(world: World, viewer: Viewer, id_: int, _: User) -> None:
    await _reply(world, viewer, id_)
    await _undo(world, viewer)


async def send_a_draft(world: World, viewer: Viewer, id_: int, _: User) -> None:
    await _reply(world, viewer, id_, "as I had begun", key="once")
    await _undo(world, viewer)


async def assign(world: World, viewer: Viewer, id_: int, other: User) -> None:
    await world.act(service.assign, id_, viewer=viewer, user_id=other.id)
    await _undo(world, viewer)


async def unassign(world: World, viewer: Viewer, id_: int, _: User) -> None:
    await world.act(service.assign, id_, viewer=viewer, user_id=None)
    await _undo(world, viewer)


async def hand_to_bot(world: World, viewer: Viewer, id_: int, _: User) -> None:
    await world.act(service.hand_to_bot, id_, viewer=viewer)
    await _undo(world, viewer)


async def close(world: World, viewer: Viewer, id_: int, _: User) -> None:
    if await world.act(service.close, id_, viewer=viewer):
        await _undo(world, viewer)


async def reopen(world: World, viewer: Viewer, id_: int, _: User) -> None:
    if await world.act(service.reopen, id_, viewer=viewer):
        await _undo(world, viewer)


async def snooze(world: World, viewer: Viewer, id_: int, _: User) -> None:
    await world.act(service.snooze, id_, viewer=viewer, until=LATER)
    await _undo(world, viewer)


async def split(world: World, viewer: Viewer, id_: int, _: User) -> None:
    first = await world.value(
        "SELECT min(id) FROM inbox_message WHERE conversation_id = $1 AND direction = 'in'", id_
    )
    await _with_move(world, viewer, service.split, first)


async def move(world: World, viewer: Viewer, id_: int, _: User) -> None:
    last = await world.value(
        "SELECT max(id) FROM inbox_message WHERE conversation_id = $1 AND direction = 'in'", id_
    )
    other = await world.value("SELECT id FROM inbox_conversation WHERE handle_value = '+85512000009'")
    await _with_move(world, viewer, service.move, last, to_id=other)


async def _with_move(
    world: World, viewer: Viewer, verb: Callable[..., Awaitable[object]], *args: object, **more: object
) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        await verb(conn, viewer, *args, **more)
        move_id = await conn.fetchval("SELECT max(id) FROM inbox_move")
    async with world.pool.acquire() as conn, conn.transaction():
        await service.undo_move(conn, viewer, move_id)


async def merge(world: World, viewer: Viewer, id_: int, _: User) -> None:
    one = await world.value("SELECT contact_id FROM inbox_conversation WHERE id = $1", id_)
    other = await world.value("SELECT contact_id FROM inbox_conversation WHERE handle_value = '+85512000009'")
    async with world.pool.acquire() as conn, conn.transaction():
        merge_id = await contacts.merge(
            conn, survivor_id=one, absorbed_id=other, reason="By hand.", viewer=viewer
        )
    async with world.pool.acquire() as conn, conn.transaction():
        await contacts.unmerge(conn, merge_id, viewer=viewer)


STEPS: dict[str, Step] = {
    step.__name__: step
    for step in (
        *(send, take_over_by_sending, send_by_its_act, send_a_draft, assign, unassign, hand_to_bot),
        *(close, reopen, snooze, split, move, merge),
    )
}
WHOSE = ("nobody", "own", "colleague")
STATES = ("open", "closed", "snoozed")


async def _prepare(world: World, *, whose: str, state: str, answered: bool) -> tuple[int, Viewer, User]:
    _, viewer = await world.user("Sokha", role="admin", is_available=False)
    other, _ = await world.user("Maly", is_available=False)
    await _talk(world, "Somebody else", sender="+85512000009")
    id_ = await _talk(world)
    await _talk(world, "Are you there?")
    owner = {"nobody": None, "own": viewer.user_id, "colleague": other.id}[whose]
    if owner:
        await world.act(service.assign, id_, user_id=owner)
    if answered:
        message_id = await _reply(world, viewer, id_, "An earlier answer")
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


DOING: dict[str, Callable[[World, Viewer, int, int], Awaitable[object]]] = {
    "reply": lambda world, who, id_, _: _reply(world, who, id_),
    "take over": lambda world, who, id_, _: _reply(world, who, id_, "Mine now", lead="take"),
    "assign": lambda world, who, id_, other: world.act(service.assign, id_, viewer=who, user_id=other),
    "unassign": lambda world, who, id_, _: world.act(service.assign, id_, viewer=who, user_id=None),
    "to the bot": lambda world, who, id_, _: world.act(service.hand_to_bot, id_, viewer=who),
    "close": lambda world, who, id_, _: world.act(service.close, id_, viewer=who),
    "reopen": lambda world, who, id_, _: world.act(service.reopen, id_, viewer=who),
    "snooze": lambda world, who, id_, _: world.act(service.snooze, id_, viewer=who, until=LATER),
}


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


async def test_who_wrote_while_an_answer_was_taken_back_waits_since_their_first_word(world: World) -> None:
    _, viewer = await world.user("Sokha", is_available=False)
    id_ = await _talk(world)
    waiting = "SELECT waiting_since, unread, state, assignee_id FROM inbox_conversation WHERE id = $1"
    [before] = await world.fetch(waiting, id_)
    await world.act(service.close, id_)
    await world.act(service.reopen, id_)
    message_id = await _reply(world, viewer, id_)
    await _talk(world, "And the blue one?")
    await world.act(service.cancel_delivery, message_id, viewer=viewer)
    [after] = await world.fetch(waiting, id_)
    assert after["state"] == "open"
    assert after["unread"] >= 1
    assert after["waiting_since"] is not None
    assert after["assignee_id"] == before["assignee_id"]
    assert (
        await world.value("SELECT last_text FROM inbox_conversation WHERE id = $1", id_)
        == "And the blue one?"
    )
    assert await world.value("SELECT message_count FROM inbox_conversation WHERE id = $1", id_) == 2


async def test_a_reply_into_a_closed_conversation_that_is_taken_back_leaves_it_open_for_who_wrote_since(
    world: World,
) -> None:
    _, viewer = await world.user("Sokha", is_available=False)
    id_ = await _talk(world)
    await world.act(service.close, id_)
    message_id = await _reply(world, viewer, id_)
    await _talk(world, "Thank you for writing")
    await world.act(service.cancel_delivery, message_id, viewer=viewer)
    [row] = await world.fetch(
        "SELECT state, waiting_since, unread FROM inbox_conversation WHERE id = $1", id_
    )
    assert (row["state"], row["waiting_since"] is not None, row["unread"]) == ("open", True, 1)


async def test_what_somebody_went_on_with_is_not_undone(world: World) -> None:
    _, viewer = await world.user("Sokha", role="admin", is_available=False)
    one, _ = await world.user("Maly", is_available=False)
    two, _ = await world.user("Dara", is_available=False)
    id_ = await _talk(world)
    await world.act(service.assign, id_, viewer=viewer, user_id=one.id)
    act = await _last_act(world)
    await world.act(service.assign, id_, viewer=viewer, user_id=two.id)
    with pytest.raises(Conflict):
        await world.act(service.undo, act, viewer=viewer)
    assert await world.value("SELECT assignee_id FROM inbox_conversation WHERE id = $1", id_) == two.id


async def test_only_whom_an_act_concerns_can_undo_it(world: World) -> None:
    _, viewer = await world.user("Sokha", role="admin", is_available=False)
    one, his = await world.user("Maly", is_available=False)
    _, stranger = await world.user("Dara", is_available=False)
    id_ = await _talk(world)
    await world.act(service.assign, id_, viewer=viewer, user_id=one.id)
    act = await _last_act(world)
    with pytest.raises(NotFound):
        await world.act(service.undo, act, viewer=stranger)
    await world.act(service.undo, act, viewer=his)
    assert await world.value("SELECT assignee_id FROM inbox_conversation WHERE id = $1", id_) is None
    with pytest.raises(Conflict):
        await world.act(service.undo, act, viewer=SYSTEM)


@pytest.mark.parametrize("name", ["reply", "assign", "close", "to the bot"])
async def test_the_bots_words_that_an_act_stopped_go_out_when_it_is_undone(
    db_url: str, redis_url: str, name: str
) -> None:
    world = await open_world(db_url, redis_url)
    try:
        anna, viewer = await world.user("Anna", is_available=False)
        await world.fetch(
            "INSERT INTO inbox_pace (channel_id, free_at, held_until)"
            " SELECT id, now(), now() + interval '1 hour' FROM inbox_channel WHERE slug = 'sink'"
        )
        await world.post(sender="+12025550100", text="hello")
        await world.settled()
        id_ = await world.value("SELECT max(id) FROM inbox_conversation")
        waiting = await world.value("SELECT count(*) FROM inbox_outbox WHERE state = 'waiting' AND by_bot")
        assert waiting >= 1
        await DOING[name](world, viewer, id_, anna.id)
        await _undo(world, viewer)
        assert world.sink.sent == []
        await world.fetch("DELETE FROM inbox_pace")
        world.runtime.deliverer.wake()

        async def is_said() -> bool:
            return len(world.sink.sent) == waiting

        await until(is_said)
        assert all(message.by_bot for message in world.sink.sent)
        assert await world.value("SELECT count(*) FROM inbox_message WHERE delivery = 'cancelled'") == 0
    finally:
        await close_world(world)
