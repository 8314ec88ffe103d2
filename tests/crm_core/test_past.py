"""What records were: every change with both values, any moment as it was stored then, and any sequence of deeds undone."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crm_core.acts.model import Record
from crm_core.bin import service as bin_
from crm_core.companies import service as companies
from crm_core.contacts import service as contacts
from crm_core.contacts.model import ContactChanges
from crm_core.deals import service as deals
from crm_core.deals.model import DealChanges
from crm_core.history import reading, undoing
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import TaskChanges
from crm_core.users.model import SYSTEM, Viewer
from tests.crm_core.made import viewer
from values.errors import Conflict, Invalid, NotFound

FIELDS: dict[Record, tuple[str, ...]] = {
    "contact": ("name", "note", "owner_id", "company_id", "tags", "root_id", "deleted_at", "fields.size"),
    "deal": ("title", "amount", "stage_id", "closed_at", "owner_id", "deleted_at"),
    "task": ("title", "done_at", "done_reason", "assignee_id", "deleted_at"),
}
UNTOLD = {"updated_at", "changed_tx", "rank", "next_task_at", "reminded_at"}
TABLES = ("contact", "company", "deal", "task", "handle")


@dataclass
class Desk:
    """Two people, two contacts, a deal, a task."""

    conn: Conn
    who: list[Viewer]
    contacts: list[int]
    deal: int
    task: int
    company: int
    stages: list[int]
    acts: list[UUID] = field(default_factory=list[UUID])

    async def image(self) -> dict[str, Any]:
        """Everything that lives, row by row."""
        found: dict[str, Any] = {}
        for table in TABLES:
            for row in await self.conn.fetch(f"SELECT to_jsonb(t) AS row FROM crm_{table} AS t"):
                kept = {name: value for name, value in row["row"].items() if name not in UNTOLD}
                found[f"{table} {kept['id']}"] = json.dumps(kept, sort_keys=True)
        return found


async def open_desk(conn: Conn) -> Desk:
    who = [await viewer(conn, "Anna", sees_all=True), await viewer(conn, "Dara", sees_all=True)]
    company = await companies.create(conn, SYSTEM, name="Acme")
    two = [await contacts.create(conn, SYSTEM, name=name, owner_id=None) for name in ("Bopha", "Bopha K.")]
    deal = await deals.create(conn, SYSTEM, contact_id=two[0], title="Roof", amount=5)
    task = await tasks.create(conn, SYSTEM, title="Call", deal_id=deal)
    stages = [stage.id for stage in (await deals.pipelines(conn))[0].stages]
    return Desk(conn, who, two, deal, task, company, stages)


Deed = Callable[[Desk, Viewer, int], Awaitable[object]]


def change(**fields: Any) -> Deed:
    """A change of a contact; a value of `n` takes the number."""

    async def deed(desk: Desk, who: Viewer, n: int) -> None:
        values = {name: value(n) for name, value in fields.items()}
        await contacts.update(desk.conn, who, desk.contacts[n % 2], ContactChanges(**values))

    return deed


async def _handle(desk: Desk, who: Viewer, n: int) -> None:
    id_ = desk.contacts[n % 2]
    await contacts.add_handle(desk.conn, who, id_, kind="email", value=f"x{n}@acme.example")


async def _remove(desk: Desk, who: Viewer, n: int) -> None:
    found = (await contacts.get(desk.conn, who, desk.contacts[n % 2])).handles
    if found:
        await contacts.remove_handle(desk.conn, who, desk.contacts[n % 2], found[n % len(found)].id)


async def _merge(desk: Desk, who: Viewer, n: int) -> None:
    one, two = desk.contacts if n % 2 else desk.contacts[::-1]
    await contacts.merge(desk.conn, who, survivor_id=one, absorbed_id=two, reason="Same.")


async def _unmerge(desk: Desk, who: Viewer, n: int) -> None:
    if merges := await contacts.merges_of(desk.conn, who, await _root(desk, n)):
        await contacts.unmerge(desk.conn, who, merges[-1].id)


async def _root(desk: Desk, n: int) -> int:
    return await desk.conn.fetchval("SELECT root_id FROM crm_contact WHERE id = $1", desk.contacts[n % 2])


async def _undo(desk: Desk, who: Viewer, n: int) -> None:
    if desk.acts:
        await undoing.undo(desk.conn, who, desk.acts[-1 - n % len(desk.acts)])


def bin_of(of: Record, *, out: bool = False) -> Deed:
    async def deed(desk: Desk, who: Viewer, n: int) -> None:
        id_ = {"contact": desk.contacts[n % 2], "deal": desk.deal, "task": desk.task}[of]
        await (bin_.restore if out else bin_.delete)(desk.conn, who, of, [id_])

    return deed


DEEDS: dict[str, Deed] = {
    "name": change(name=lambda n: f"name {n}"),
    "note": change(note=lambda n: f"note {n}"),
    "tags": change(tags=lambda n: [f"t{n % 3}", f"t{n % 5}"]),
    "fields": change(fields=lambda n: {"size": None if n % 3 == 0 else str(n)}),
    "company": change(company_id=lambda n: None if n % 3 == 0 else 1),
    "several": change(name=lambda n: f"both {n}", note=lambda n: f"both {n}"),
    "handle": _handle,
    "remove": _remove,
    "merge": _merge,
    "unmerge": _unmerge,
    "amount": lambda desk, who, n: deals.update(desk.conn, who, desk.deal, DealChanges(amount=n)),
    "move": lambda desk, who, n: deals.move(
        desk.conn, who, desk.deal, stage_id=desk.stages[n % len(desk.stages)]
    ),
    "title": lambda desk, who, n: tasks.update(desk.conn, who, desk.task, TaskChanges(title=f"do {n}")),
    "done": lambda desk, who, n: tasks.done(desk.conn, who, desk.task, f"because {n}"),
    "reopen": lambda desk, who, n: tasks.reopen(desk.conn, who, desk.task),
    "bin contact": bin_of("contact"),
    "bin deal": bin_of("deal"),
    "bin task": bin_of("task"),
    "restore contact": bin_of("contact", out=True),
    "restore deal": bin_of("deal", out=True),
    "undo": _undo,
}
STEP = st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 30), st.integers(0, 1))
BOUNDED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=(HealthCheck.function_scoped_fixture, HealthCheck.too_slow),
)


async def do(desk: Desk, step: tuple[str, int, int]) -> None:
    """One deed; what is refused changes nothing."""
    name, n, who = step
    before = await last(desk.conn)
    try:
        async with desk.conn.transaction():
            await DEEDS[name](desk, desk.who[who], n)
    except (Conflict, Invalid, NotFound):
        return
    if (act := await last(desk.conn)) != before and act is not None:
        desk.acts.append(act)


async def last(conn: Conn) -> UUID | None:
    return await conn.fetchval("SELECT id FROM crm_act ORDER BY at DESC, id LIMIT 1")


async def clear(conn: Conn) -> None:
    await conn.execute(
        "TRUNCATE crm_contact, crm_company, crm_deal, crm_task, crm_user, crm_act, crm_history, crm_merge"
        " RESTART IDENTITY CASCADE"
    )


@BOUNDED
@given(steps=st.lists(STEP, min_size=3, max_size=14))
async def test_any_moment_reads_as_it_was_stored_then(conn: Conn, steps: list[tuple[str, int, int]]) -> None:
    await clear(conn)
    desk = await open_desk(conn)
    moments: list[tuple[datetime, dict[Record, Any]]] = []
    for step in steps:
        await do(desk, step)
        moments.append((await conn.fetchval("SELECT clock_timestamp()"), await as_stored(desk)))
    for at, stored in moments:
        for of, ids in _ids(desk).items():
            assert await reading.as_of(conn, of, ids, FIELDS[of], at) == stored[of]


def _ids(desk: Desk) -> dict[Record, list[int]]:
    return {"contact": desk.contacts, "deal": [desk.deal], "task": [desk.task]}


async def as_stored(desk: Desk) -> dict[Record, dict[int, dict[str, Any]]]:
    found: dict[Record, dict[int, dict[str, Any]]] = {}
    for of, ids in _ids(desk).items():
        rows = await desk.conn.fetch(
            f"SELECT id, to_jsonb(t) AS row FROM crm_{of} AS t WHERE id = ANY($1::bigint[])", ids
        )
        found[of] = {
            row["id"]: {
                name: row["row"]["fields"].get(name[7:]) if name.startswith("fields.") else row["row"][name]
                for name in FIELDS[of]
            }
            for row in rows
        }
    return found


@BOUNDED
@given(steps=st.lists(STEP.filter(lambda step: step[0] != "undo"), min_size=2, max_size=10))
async def test_any_sequence_undone_from_the_last_to_the_first_gives_every_row_back(
    conn: Conn, steps: list[tuple[str, int, int]]
) -> None:
    await clear(conn)
    desk = await open_desk(conn)
    before = await desk.image()
    for step in steps:
        await do(desk, step)
    for act in reversed(desk.acts):
        async with conn.transaction():
            done = await undoing.undo(conn, desk.who[0], act)
        assert done.left == ()
    assert await desk.image() == before


@BOUNDED
@given(steps=st.lists(STEP, min_size=2, max_size=12), order=st.randoms(use_true_random=False))
async def test_undo_in_any_order_restores_a_field_or_names_it(
    conn: Conn, steps: list[tuple[str, int, int]], order: Any
) -> None:
    await clear(conn)
    desk = await open_desk(conn)
    for step in steps:
        await do(desk, step)
    order.shuffle(desk.acts)
    for act in desk.acts:
        changed = await conn.fetch(
            "SELECT DISTINCT object, record, field FROM crm_history WHERE act = $1 AND field <> ALL($2)",
            act,
            [],
        )
        before = await desk.image()
        try:
            async with conn.transaction():
                done = await undoing.undo(conn, desk.who[0], act)
        except Conflict:
            assert await desk.image() == before
            continue
        named = {(left.object, left.record, left.field) for left in done.left}
        assert named <= {(row["object"], row["record"], row["field"]) for row in changed} | {
            (row["object"], row["record"], "") for row in changed
        }


async def test_a_change_names_both_values_who_and_what_undoes_it(conn: Conn) -> None:
    desk = await open_desk(conn)
    anna = desk.who[0]
    await contacts.update(
        conn, anna, desk.contacts[0], ContactChanges(owner_id=desk.who[1].user_id, note="one", tags=["a"])
    )
    await contacts.update(conn, desk.who[1], desk.contacts[0], ContactChanges(note="two"))
    page = await reading.changes_of(conn, anna, "contact", desk.contacts[0])
    told = {
        (each.field, str(each.old), each.new, each.user_name) for each in page.items if each.field == "note"
    }
    assert ("note", "one", "two", "Dara") in told
    assert ("note", "", "one", "Anna") in told
    [owner] = [each for each in page.items if each.field == "owner_id"]
    assert (owner.old, owner.new_name, owner.is_undoable) == (None, "Dara", True)
    await undoing.undo(conn, desk.who[1], page.items[0].act_id or UUID(int=0))
    page = await reading.changes_of(conn, anna, "contact", desk.contacts[0])
    assert (page.items[0].old, page.items[0].new, page.items[0].act_kind) == ("two", "one", "undo")
    with pytest.raises(NotFound):
        await reading.changes_of(conn, anna, "deal", 10**9)
