"""One verb on many conversations: those that can be are changed, and all of it is taken back as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from crm_core.users import service as users
from crm_core.users.model import SYSTEM, UserChanges, Viewer
from inbox.actions import service
from inbox.actions.triage import Deed, Triaged
from inbox.views import queries
from tests.crm_core.made import viewer
from tests.world import World
from values.errors import Conflict, Invalid, NotFound

TOMORROW = datetime.now(UTC) + timedelta(days=1)


async def conversations(world: World, n: int) -> list[int]:
    for number in range(n):
        await world.post(sender=f"customer-{number}", name=f"Customer {number}", text="Good day")
    await world.delivered()
    return [row["id"] for row in await world.fetch("SELECT id FROM inbox_conversation ORDER BY id")]


async def done(world: World, who: Viewer, ids: Sequence[int], **deed: Any) -> Triaged:
    async with world.pool.acquire() as conn, conn.transaction():
        return await service.triage(conn, who, ids, Deed(**deed))


async def undone(world: World, who: Viewer, act_id: UUID) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        await service.undo(conn, who, act_id)


async def rows(world: World) -> list[tuple[Any, ...]]:
    found = await world.fetch(
        "SELECT id, state, assignee_id, owner, snoozed_until, tags FROM inbox_conversation ORDER BY id"
    )
    return [tuple(row.values()) for row in found]


@pytest.mark.parametrize(
    "deed",
    [
        {"verb": "close"},
        {"verb": "snooze", "until": TOMORROW},
        {"verb": "assign"},
        {"verb": "assign", "user_id": "anna"},
        {"verb": "bot"},
        {"verb": "tag", "tag": "ស្នើសុំ"},
    ],
)
async def test_all_of_it_is_taken_back_as_one(world: World, deed: dict[str, Any]) -> None:
    ids = await conversations(world, 4)
    async with world.pool.acquire() as conn:
        anna = await viewer(conn, "Anna")
    await done(world, anna, ids[:2], verb="assign", user_id=anna.user_id)
    if deed.get("user_id"):
        deed = {**deed, "user_id": anna.user_id}
    before = await rows(world)
    found = await done(world, anna, ids, **deed)
    assert (found.done + found.same, found.refused) == (4, 0)
    assert await rows(world) != before
    await undone(world, anna, found.act_id)
    assert await rows(world) == before
    with pytest.raises(Conflict, match="undone already"):
        await undone(world, anna, found.act_id)


async def test_what_a_colleague_has_is_refused_and_the_others_are_done(world: World) -> None:
    ids = await conversations(world, 4)
    async with world.pool.acquire() as conn:
        anna, boris = await viewer(conn, "Anna"), await viewer(conn, "Boris")
    await done(world, SYSTEM, ids[:2], verb="assign", user_id=boris.user_id)
    found = await done(world, anna, [*ids, 10**12], verb="close")
    assert (found.done, found.same, found.refused) == (2, 0, 3)
    assert [row[1] for row in await rows(world)] == ["open", "open", "closed", "closed"]
    again = await done(world, anna, ids[2:], verb="close")
    assert (again.done, again.same, again.refused) == (0, 2, 0)


async def test_what_somebody_changed_since_stays(world: World) -> None:
    ids = await conversations(world, 3)
    async with world.pool.acquire() as conn:
        anna, boris = await viewer(conn, "Anna"), await viewer(conn, "Boris")
    found = await done(world, anna, ids, verb="assign", user_id=anna.user_id)
    await done(world, SYSTEM, ids[:1], verb="assign", user_id=boris.user_id)
    await undone(world, anna, found.act_id)
    assert [row[2] for row in await rows(world)] == [boris.user_id, None, None]


async def test_nobody_else_takes_it_back(world: World) -> None:
    ids = await conversations(world, 2)
    async with world.pool.acquire() as conn:
        anna, boris = await viewer(conn, "Anna"), await viewer(conn, "Boris")
    found = await done(world, anna, ids, verb="close")
    with pytest.raises(NotFound):
        await undone(world, boris, found.act_id)


async def test_what_fits_none_of_them_changes_nothing(world: World) -> None:
    ids = await conversations(world, 2)
    async with world.pool.acquire() as conn:
        anna, gone = await viewer(conn, "Anna"), await viewer(conn, "Gone")
        await users.update(conn, gone.user_id or 0, UserChanges(is_active=False))
    before = await rows(world)
    for deed in (
        {"verb": "assign", "user_id": gone.user_id},
        {"verb": "snooze", "until": TOMORROW - timedelta(9)},
    ):
        with pytest.raises(Invalid):
            await done(world, anna, ids, **deed)
    assert await rows(world) == before


async def test_a_view_gives_the_ids_that_its_list_shows(world: World) -> None:
    ids = await conversations(world, 5)
    async with world.pool.acquire() as conn:
        anna, boris = await viewer(conn, "Anna"), await viewer(conn, "Boris")
    await done(world, anna, ids[:2], verb="assign", user_id=anna.user_id)
    await done(world, SYSTEM, ids[2:3], verb="assign", user_id=boris.user_id)
    await done(world, anna, ids[3:4], verb="close")
    async with world.pool.acquire() as conn:
        for view in ("mine", "unassigned", "all", "waiting", "snoozed", "closed"):
            shown = await queries.list_conversations(conn, anna, view=view)
            found = await queries.ids(conn, anna, view=view, limit=100)
            assert set(found) == {row.id for row in shown.items}, view
