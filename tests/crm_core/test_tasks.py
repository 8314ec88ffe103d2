"""Tasks: one call-back however often they rang, reminders given out once, lists in the reader's day."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.sql import Conn
from crm_core.tasks import reminders
from crm_core.tasks import service as tasks
from crm_core.tasks.model import CallBack, TaskChanges
from crm_core.users.model import SYSTEM
from hub.database import Pool
from tests.crm_core.made import claimed, one, proven, viewer
from values.errors import Conflict, Invalid

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


async def test_one_call_back_however_often_they_rang(conn: Conn) -> None:
    anna = await one(conn, proven("phone", "+12025550100"))
    other = await one(conn, proven("phone", "+12025550101"), name="Other")
    rang = [
        CallBack(contact_id=id_, due_at=NOW) for id_ in (anna.contact_id, other.contact_id, anna.contact_id)
    ]
    assert len(await tasks.call_back(conn, rang)) == 2
    assert await tasks.call_back(conn, rang) == []
    listed = (await tasks.list_tasks(conn, SYSTEM)).items
    assert {(task.title, task.kind) for task in listed} == {
        ("+12025550100", "call_back"),
        ("Other", "call_back"),
    }
    await contacts.merge(
        conn, SYSTEM, survivor_id=anna.contact_id, absorbed_id=other.contact_id, reason="same"
    )
    assert len(await tasks.close_call_backs(conn, [other.contact_id], "Called.")) == 2
    assert len(await tasks.call_back(conn, rang[:1])) == 1
    assert await tasks.call_back(conn, rang[1:2]) == [], "one a person, whichever number they ring from"
    with pytest.raises(Conflict):
        await tasks.create(conn, SYSTEM, title="Call", kind="call_back", contact_id=anna.contact_id)


async def test_racing_missed_calls_make_one_task(pool: Pool) -> None:
    async with pool.acquire() as conn:
        anna = await one(conn, proven("phone", "+12025550100"))

    async def ring() -> list[int]:
        async with pool.acquire() as conn, conn.transaction():
            return await tasks.call_back(conn, [CallBack(contact_id=anna.contact_id, due_at=NOW)])

    assert sum(len(made) for made in await asyncio.gather(*(ring() for _ in range(8)))) == 1


async def test_each_reminder_is_given_out_once(pool: Pool) -> None:
    a = None
    async with pool.acquire() as conn:
        a = await viewer(conn, "A")
        ids = [
            await tasks.create(conn, a, title=f"T{n}", due_at=NOW, remind_at=NOW - timedelta(minutes=n))
            for n in range(30)
        ]
        await tasks.create(conn, a, title="later", due_at=NOW, remind_at=NOW + timedelta(hours=1))
        await tasks.done(conn, a, ids[0])

    async def claim() -> list[int]:
        async with pool.acquire() as conn, conn.transaction():
            return [task.id for task in await reminders.due_reminders(conn, NOW)]

    claimed_ids = [id_ for part in await asyncio.gather(*(claim() for _ in range(5))) for id_ in part]
    assert sorted(claimed_ids) == ids[1:]
    async with pool.acquire() as conn:
        assert await reminders.due_reminders(conn, NOW) == []
        await tasks.update(conn, a, ids[1], TaskChanges(remind_at=NOW - timedelta(seconds=1)))
        again = await reminders.due_reminders(conn, NOW)
        assert [(task.id, task.assignee_id) for task in again] == [(ids[1], a.user_id)]
        facts = await conn.fetchval("SELECT count(*) FROM crm_activity WHERE kind = 'task.reminded'")
        assert facts == 30


async def test_a_claim_in_hand_is_not_given_out_again(pool: Pool) -> None:
    async with pool.acquire() as first, pool.acquire() as second:
        await tasks.create(first, SYSTEM, title="T", remind_at=NOW)
        async with first.transaction():
            assert len(await reminders.due_reminders(first, NOW)) == 1
            assert await asyncio.wait_for(reminders.due_reminders(second, NOW), 60) == []
        assert await reminders.due_reminders(second, NOW) == []


async def test_a_rolled_back_claim_is_not_lost(conn: Conn) -> None:
    await tasks.create(conn, SYSTEM, title="T", remind_at=NOW)
    attempt = conn.transaction()
    await attempt.start()
    assert len(await reminders.due_reminders(conn, NOW)) == 1
    await attempt.rollback()
    assert len(await reminders.due_reminders(conn, NOW)) == 1


async def test_a_deal_knows_its_next_task(conn: Conn) -> None:
    contact = await contacts.create(conn, SYSTEM, name="Anna")
    one_, two = [await deals.create(conn, SYSTEM, contact_id=contact, title=f"D{n}") for n in range(2)]

    async def next_of(deal_id: int) -> datetime | None:
        return (await deals.get(conn, SYSTEM, deal_id)).next_task_at

    late = await tasks.create(conn, SYSTEM, title="late", deal_id=one_, due_at=NOW + timedelta(days=2))
    soon = await tasks.create(conn, SYSTEM, title="soon", deal_id=one_, due_at=NOW)
    await tasks.create(conn, SYSTEM, title="undated", deal_id=one_)
    assert await next_of(one_) == NOW
    await tasks.done(conn, SYSTEM, soon, "Finished.")
    assert await next_of(one_) == NOW + timedelta(days=2)
    await tasks.reopen(conn, SYSTEM, soon)
    assert await next_of(one_) == NOW
    await tasks.update(conn, SYSTEM, soon, TaskChanges(deal_id=two))
    assert (await next_of(one_), await next_of(two)) == (NOW + timedelta(days=2), NOW)
    await tasks.update(conn, SYSTEM, late, TaskChanges(due_at=None))
    assert await next_of(one_) is None
    assert {task.title for task in await tasks.of_deal(conn, SYSTEM, one_)} == {"late", "undated"}
    assert (await tasks.get(conn, SYSTEM, soon)).contact_name == "Anna"


@pytest.mark.parametrize(
    ("timezone", "scope", "expected"),
    [
        ("UTC", "overdue", {"yesterday", "this morning"}),
        ("UTC", "today", {"this morning", "tonight"}),
        ("UTC", "upcoming", {"tomorrow"}),
        ("UTC", "open", {"yesterday", "this morning", "tonight", "tomorrow"}),
        ("UTC", "undated", {"some day"}),
        ("UTC", "done", {"done"}),
        ("UTC", "all", {"yesterday", "this morning", "tonight", "tomorrow", "some day", "done"}),
        ("Asia/Phnom_Penh", "today", {"this morning"}),
        ("Asia/Phnom_Penh", "upcoming", {"tonight", "tomorrow"}),
        ("Pacific/Honolulu", "today", {"tonight", "tomorrow"}),
    ],
)
async def test_lists_follow_the_readers_day(
    conn: Conn, timezone: str, scope: str, expected: set[str]
) -> None:
    a, b = await viewer(conn, "A"), await viewer(conn, "B")
    for title, hours in (("yesterday", -24), ("this morning", -6), ("tonight", 8), ("tomorrow", 20)):
        await tasks.create(conn, a, title=title, due_at=NOW + timedelta(hours=hours))
    await tasks.create(conn, a, title="some day")
    await tasks.create(conn, b, title="colleague's", due_at=NOW)
    await tasks.done(conn, a, await tasks.create(conn, a, title="done", due_at=NOW))
    titles: list[str] = []
    after: str | None = None
    while True:
        page = await tasks.list_tasks(conn, a, scope=scope, timezone=timezone, now=NOW, after=after, limit=1)
        titles += [task.title for task in page.items]
        after = page.next
        if after is None:
            break
    assert len(titles) == len(set(titles))
    assert set(titles) == expected
    if timezone == "UTC":
        assert await tasks.counters(conn, a, now=NOW) == (2, 1)


async def test_bad_tasks_name_their_field(conn: Conn) -> None:
    anna = await one(conn, claimed("visitor", "v"))
    for field, values in (
        ("title", {"title": "\n"}),
        ("kind", {"title": "x", "kind": "party"}),
        ("due_at", {"title": "x", "due_at": datetime(2026, 1, 1)}),
        ("assignee_id", {"title": "x", "assignee_id": 99, "contact_id": anna.contact_id}),
    ):
        with pytest.raises(Invalid) as caught:
            await tasks.create(conn, SYSTEM, **values)
        assert caught.value.field == field
    with pytest.raises(Invalid):
        await tasks.list_tasks(conn, SYSTEM, scope="whenever")
