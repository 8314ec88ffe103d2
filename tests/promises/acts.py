"""What people do with a conversation, and taking the last of it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from crm_core.contacts import service as contacts
from crm_core.users.model import User, Viewer
from inbox.actions import service
from tests.world import World

LATER = datetime.now(UTC) + timedelta(days=2)
HOUR = 3600.0
"""Long enough that nothing leaves while the test looks."""


async def conversation(
    world: World, text: str = "Is it still there?", *, sender: str = "+85512000001"
) -> int:
    assert await world.post(sender=sender, text=text, name="Bopha") == 200
    await world.settled()
    return await world.value("SELECT max(id) FROM inbox_conversation WHERE handle_value = $1", sender)


async def last_act(world: World) -> object:
    return await world.value("SELECT id FROM crm_act WHERE undone_at IS NULL ORDER BY at DESC LIMIT 1")


async def reply(world: World, viewer: Viewer, id_: int, text: str = "Yes", **more: object) -> int:
    changes = await world.act(
        service.reply,
        id_,
        service.Reply(text=text, undo_seconds=HOUR, **more),
        viewer=viewer,
        directory=world.runtime.directory,
    )
    return changes[0].id


async def undo(world: World, viewer: Viewer) -> None:
    await world.act(service.undo, await last_act(world), viewer=viewer)


Step = Callable[[World, Viewer, int, User], Awaitable[None]]


async def send(world: World, viewer: Viewer, id_: int, _: User) -> None:
    message_id = await reply(world, viewer, id_)
    await world.act(service.cancel_delivery, message_id, viewer=viewer)


async def take_over_by_sending(world: World, viewer: Viewer, id_: int, _: User) -> None:
    message_id = await reply(world, viewer, id_, lead="take")
    await world.act(service.cancel_delivery, message_id, viewer=viewer)


async def send_by_its_act(world: World, viewer: Viewer, id_: int, _: User) -> None:
    await reply(world, viewer, id_)
    await undo(world, viewer)


async def send_a_draft(world: World, viewer: Viewer, id_: int, _: User) -> None:
    await reply(world, viewer, id_, "as I had begun", key="once")
    await undo(world, viewer)


async def assign(world: World, viewer: Viewer, id_: int, other: User) -> None:
    await world.act(service.assign, id_, viewer=viewer, user_id=other.id)
    await undo(world, viewer)


async def unassign(world: World, viewer: Viewer, id_: int, _: User) -> None:
    await world.act(service.assign, id_, viewer=viewer, user_id=None)
    await undo(world, viewer)


async def hand_to_bot(world: World, viewer: Viewer, id_: int, _: User) -> None:
    await world.act(service.hand_to_bot, id_, viewer=viewer)
    await undo(world, viewer)


async def close(world: World, viewer: Viewer, id_: int, _: User) -> None:
    if await world.act(service.close, id_, viewer=viewer):
        await undo(world, viewer)


async def reopen(world: World, viewer: Viewer, id_: int, _: User) -> None:
    if await world.act(service.reopen, id_, viewer=viewer):
        await undo(world, viewer)


async def snooze(world: World, viewer: Viewer, id_: int, _: User) -> None:
    await world.act(service.snooze, id_, viewer=viewer, until=LATER)
    await undo(world, viewer)


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
        merge_id = await contacts.merge(conn, viewer, survivor_id=one, absorbed_id=other, reason="By hand.")
    async with world.pool.acquire() as conn, conn.transaction():
        await contacts.unmerge(conn, viewer, merge_id)


STEPS: dict[str, Step] = {
    step.__name__: step
    for step in (
        *(send, take_over_by_sending, send_by_its_act, send_a_draft, assign, unassign, hand_to_bot),
        *(close, reopen, snooze, split, move, merge),
    )
}

DOING: dict[str, Callable[[World, Viewer, int, int], Awaitable[object]]] = {
    "reply": lambda world, who, id_, _: reply(world, who, id_),
    "take over": lambda world, who, id_, _: reply(world, who, id_, "Mine now", lead="take"),
    "assign": lambda world, who, id_, other: world.act(service.assign, id_, viewer=who, user_id=other),
    "unassign": lambda world, who, id_, _: world.act(service.assign, id_, viewer=who, user_id=None),
    "to the bot": lambda world, who, id_, _: world.act(service.hand_to_bot, id_, viewer=who),
    "close": lambda world, who, id_, _: world.act(service.close, id_, viewer=who),
    "reopen": lambda world, who, id_, _: world.act(service.reopen, id_, viewer=who),
    "snooze": lambda world, who, id_, _: world.act(service.snooze, id_, viewer=who, until=LATER),
}
