"""Acts of people on records, and taking them back: field by field, against what others changed since."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_core.acts import service as acts
from crm_core.acts.model import Left
from crm_core.bin import service as bin_
from crm_core.companies import service as companies
from crm_core.companies.model import CompanyChanges
from crm_core.contacts import service as contacts
from crm_core.contacts.model import ContactChanges
from crm_core.deals import qualifying
from crm_core.deals import service as deals
from crm_core.deals.model import DealChanges
from crm_core.history import undoing
from crm_core.leads import service as leads
from crm_core.leads.model import LeadRequest
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import TaskChanges
from crm_core.users.model import SYSTEM, Viewer
from tests.crm_core.made import viewer
from values.errors import Conflict, NotFound

TABLES = ("contact", "company", "lead", "deal", "task", "handle", "follower")
UNSEEN = {"updated_at", "changed_tx", "deleted_at", "deleted_by", "rank"}


@pytest.fixture
async def anna(conn: Conn) -> Viewer:
    return await viewer(conn, "Anna")


async def last(conn: Conn) -> UUID:
    return await conn.fetchval("SELECT id FROM crm_act ORDER BY at DESC, id LIMIT 1")


async def image(conn: Conn) -> dict[str, list[str]]:
    """Every living row."""
    found: dict[str, list[str]] = {}
    for table in TABLES:
        of = "JOIN crm_contact c ON c.id = t.contact_id AND c.deleted_at IS NULL"
        joined = of if table in ("handle", "follower") else ""
        rows = await conn.fetch(f"SELECT to_jsonb(t) AS row FROM crm_{table} AS t {joined}")
        living = [row["row"] for row in rows if not row["row"].get("deleted_at")]
        found[table] = sorted(
            json.dumps({k: v for k, v in row.items() if k not in UNSEEN}, sort_keys=True) for row in living
        )
    totals = await conn.fetch(
        "SELECT stage_id, owner_id, sum(deals) AS n, sum(amount) AS a FROM crm_stage_total GROUP BY 1, 2"
        " HAVING sum(deals) <> 0 OR sum(amount) <> 0 ORDER BY 1, 2"
    )
    found["totals"] = [str(tuple(row)) for row in totals]
    return found


async def history(conn: Conn, object_: str, record: int) -> list[tuple[str, Any]]:
    rows = await conn.fetch(
        "SELECT field, old FROM crm_history WHERE object = $1 AND record = $2 ORDER BY id", object_, record
    )
    return [(row["field"], row["old"]) for row in rows]


async def test_what_a_change_replaces_is_kept_and_nothing_else(conn: Conn, anna: Viewer) -> None:
    id_ = await contacts.create(conn, SYSTEM, name="Bopha", fields={"size": "M", "city": "Kep"})
    assert await history(conn, "contact", id_) == []
    changes = ContactChanges(name="Bopha Kim", fields={"size": None, "colour": "red"})
    await contacts.update(conn, anna, id_, changes)
    await contacts.update(conn, anna, id_, changes)
    assert sorted(await history(conn, "contact", id_), key=lambda row: row[0]) == [
        ("fields.colour", None),
        ("fields.size", "M"),
        ("name", "Bopha"),
    ]
    assert await conn.fetchval("SELECT count(*) FROM crm_act") == 1
    act = await conn.fetchrow("SELECT kind, user_id, cause FROM crm_act")
    assert tuple(act or ()) == ("contact.update", anna.user_id, "user")


async def test_every_edit_and_its_undo_change_nothing(conn: Conn, anna: Viewer) -> None:
    id_ = await contacts.create(conn, anna, name="Bopha", handles=[("phone", "+85512000001")], tags=["old"])
    other = await contacts.create(conn, anna, name="Bopha K.", handles=[("email", "b@acme.example")])
    company = await companies.create(conn, anna, name="Acme")
    deal = await deals.create(conn, anna, contact_id=id_, title="Roof", amount=100)
    task = await tasks.create(conn, anna, title="Call", deal_id=deal)
    [lead] = await leads.open_for(conn, [LeadRequest(contact_id=other)])
    assert lead
    handle = await conn.fetchval("SELECT id FROM crm_handle WHERE contact_id = $1", id_)
    stages = [stage.id for stage in (await deals.pipelines(conn))[0].stages]
    dara = await viewer(conn, "Dara")
    steps = {
        "contact": lambda: contacts.update(
            conn, anna, id_, ContactChanges(name="B", note="n", owner_id=dara.user_id, tags=["new"])
        ),
        "add": lambda: contacts.add_handle(conn, anna, id_, kind="email", value="x@acme.example"),
        "remove": lambda: contacts.remove_handle(conn, anna, id_, handle),
        "company": lambda: companies.update(
            conn, anna, company, CompanyChanges(name="A", domain="acme.example")
        ),
        "make": lambda: contacts.create(conn, anna, name="New", handles=[("phone", "+85512000009")]),
        "merge": lambda: contacts.merge(conn, anna, survivor_id=id_, absorbed_id=other, reason="Same."),
        "deal": lambda: deals.update(conn, anna, deal, DealChanges(amount=5, owner_id=dara.user_id)),
        "won": lambda: deals.move(conn, anna, deal, stage_id=stages[4]),
        "task": lambda: tasks.update(conn, anna, task, TaskChanges(title="Write", deal_id=None)),
        "done": lambda: tasks.done(conn, anna, task, "reached"),
        "assign": lambda: leads.assign(conn, anna, lead, anna.user_id),
        "decline": lambda: leads.decline(conn, anna, lead, reason="spam"),
        "qualify": lambda: qualifying.qualify(conn, anna, lead, owner_id=anna.user_id),
        "bin task": lambda: bin_.delete(conn, anna, "task", [task]),
        "bin": lambda: bin_.delete(conn, anna, "deal", [deal]),
        "bin contact": lambda: bin_.delete(conn, anna, "contact", [id_]),
    }
    for name, step in steps.items():
        before = await image(conn)
        await step()
        after = await image(conn)
        assert after != before, name
        act = await last(conn)
        done = await undoing.undo(conn, anna, act)
        assert done.left == (), name
        assert await image(conn) == before, name
        await undoing.undo(conn, anna, done.act_id)
        again = await image(conn)
        if name not in ("merge",):
            assert again == after, f"{name}, redone"
        await undoing.undo(conn, anna, await last(conn))
        assert await image(conn) == before, f"{name}, undone again"


async def test_a_field_that_somebody_changed_since_stays_and_is_named(conn: Conn, anna: Viewer) -> None:
    dara = await viewer(conn, "Dara", sees_all=True)
    id_ = await contacts.create(conn, anna, name="Bopha")
    await contacts.update(conn, anna, id_, ContactChanges(name="B", note="mine", tags=["a", "b"]))
    act = await last(conn)
    await contacts.update(conn, dara, id_, ContactChanges(note="theirs", tags=["a", "b", "c"]))
    done = await undoing.undo(conn, anna, act)
    assert done.left == (Left(object="contact", record=id_, field="note"),)
    found = await contacts.get(conn, anna, id_)
    assert (found.name, found.note, found.tags) == ("Bopha", "theirs", ("c",))
    with pytest.raises(Conflict):
        await undoing.undo(conn, anna, act)


async def test_changes_that_are_undone_themselves_do_not_count(conn: Conn, anna: Viewer) -> None:
    id_ = await contacts.create(conn, anna, name="one")
    acts: list[UUID] = []
    for name in ("two", "three"):
        await contacts.update(conn, anna, id_, ContactChanges(name=name))
        acts.append(await last(conn))
    with pytest.raises(Conflict, match="changed again"):
        await undoing.undo(conn, anna, acts[0])
    await undoing.undo(conn, anna, acts[1])
    await undoing.undo(conn, anna, acts[0])
    assert (await contacts.get(conn, anna, id_)).name == "one"


async def test_what_something_hangs_on_is_not_taken_back(conn: Conn, anna: Viewer) -> None:
    id_ = await contacts.create(conn, anna, name="Bopha")
    act = await last(conn)
    deal = await deals.create(conn, anna, contact_id=id_, title="Roof")
    with pytest.raises(Conflict, match="added to it since"):
        await undoing.undo(conn, anna, act)
    await bin_.delete(conn, anna, "deal", [deal])
    await undoing.undo(conn, anna, act)
    with pytest.raises(NotFound):
        await contacts.get(conn, anna, id_)


async def test_an_act_is_its_own_persons_and_who_sees_everything(conn: Conn, anna: Viewer) -> None:
    dara, chief = await viewer(conn, "Dara"), await viewer(conn, "Chief", sees_all=True)
    id_ = await contacts.create(conn, SYSTEM, name="Bopha", owner_id=None)
    await contacts.update(conn, anna, id_, ContactChanges(name="B"))
    act = await last(conn)
    with pytest.raises(NotFound):
        await undoing.undo(conn, dara, act)
    await undoing.undo(conn, chief, act)


async def test_an_act_of_many_is_undone_batch_by_batch(conn: Conn, anna: Viewer) -> None:
    ids = [await contacts.create(conn, SYSTEM, name=f"C{n}", owner_id=None) for n in range(25)]
    before = await image(conn)
    async with conn.transaction(), acts.acting(conn, anna, "bulk", cause="bulk", cause_id=5) as act:
        for id_ in ids:
            await contacts.update(conn, anna, id_, ContactChanges(note="all of them"))
    assert act
    assert await conn.fetchval("SELECT count(*) FROM crm_act") == 1
    undo, after, batches = uuid4(), None, 0
    while True:
        async with conn.transaction():
            done = await undoing.undo_batch(conn, anna, act, undoing=undo, after=after, limit=10)
        after, batches = done.after, batches + 1
        if after is None:
            break
    assert batches == 3
    assert await image(conn) == before
    row = await conn.fetchrow("SELECT cause, cause_id, parent_id FROM crm_act WHERE id = $1", undo)
    assert tuple(row or ()) == ("bulk", 5, act)
