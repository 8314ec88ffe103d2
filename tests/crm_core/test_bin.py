"""The bin: in no list, count, sum, search or index of what is alone; deleted for good when its time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from crm_core.acts import store as act_store
from crm_core.bin import service as bin_
from crm_core.companies import service as companies
from crm_core.contacts import service as contacts
from crm_core.contacts.model import ContactChanges
from crm_core.deals import service as deals
from crm_core.leads import service as leads
from crm_core.leads.model import LeadRequest
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import CallBack
from crm_core.users.model import SYSTEM, Viewer
from tests.crm_core.made import one, proven, viewer
from values.errors import Conflict

OLD = "UPDATE crm_{} SET deleted_at = now() - interval '31 days' WHERE deleted_at IS NOT NULL"


@pytest.fixture
async def anna(conn: Conn) -> Viewer:
    return await viewer(conn, "Anna")


async def total(conn: Conn) -> tuple[int, int]:
    row = await conn.fetchrow(
        "SELECT coalesce(sum(deals), 0)::int, coalesce(sum(amount), 0)::int FROM crm_stage_total"
    )
    assert row
    return row[0], row[1]


async def test_lists_search_counts_and_sums_know_nothing_of_it(conn: Conn, anna: Viewer) -> None:
    company = await companies.create(conn, anna, name="Acme", owner_id=anna.user_id)
    id_ = await contacts.create(conn, anna, name="Bopha", company_id=company)
    deal = await deals.create(conn, anna, contact_id=id_, title="Roof", amount=700)
    task = await tasks.create(conn, anna, title="Call", deal_id=deal, due_at=datetime.now().astimezone())
    assert await total(conn) == (1, 700)
    assert (await deals.get(conn, anna, deal)).next_task_at
    await bin_.delete(conn, anna, "task", [task])
    assert (await deals.get(conn, anna, deal)).next_task_at is None
    assert await tasks.counters(conn, anna) == (0, 0)
    assert (await tasks.list_tasks(conn, anna)).items == []
    await bin_.delete(conn, anna, "deal", [deal])
    assert await total(conn) == (0, 0)
    assert (await deals.list_deals(conn, anna)).items == []
    for who in (anna, SYSTEM):
        assert not any(column.cards for column in await deals.board(conn, who, 1))
    assert (await companies.get(conn, anna, company)).contacts == 1
    await bin_.delete(conn, anna, "contact", [id_])
    for who in (anna, SYSTEM):
        assert (await contacts.list_contacts(conn, who)).items == []
        assert (await contacts.list_contacts(conn, who, query="Boph")).items == []
    assert (await companies.get(conn, anna, company)).contacts == 0
    await bin_.restore(conn, anna, "deal", [deal])
    assert await total(conn) == (1, 700)


async def test_what_must_be_alone_is_so_among_the_living(conn: Conn, anna: Viewer) -> None:
    id_ = await contacts.create(conn, anna, name="Bopha")
    first = await companies.create(conn, SYSTEM, name="Acme", domain="acme.example")
    await bin_.delete(conn, anna, "company", [first])
    await companies.create(conn, SYSTEM, name="Acme again", domain="acme.example")
    with pytest.raises(Conflict, match="domain"):
        await bin_.restore(conn, anna, "company", [first])
    [lead] = await leads.open_for(conn, [LeadRequest(contact_id=id_)])
    assert lead
    await bin_.delete(conn, anna, "lead", [lead])
    assert (await leads.open_for(conn, [LeadRequest(contact_id=id_)]))[0] not in (None, lead)
    with pytest.raises(Conflict, match="another open lead"):
        await bin_.restore(conn, anna, "lead", [lead])
    [task] = await tasks.call_back(conn, [CallBack(contact_id=id_)])
    await bin_.delete(conn, SYSTEM, "task", [task])
    assert len(await tasks.call_back(conn, [CallBack(contact_id=id_)])) == 1


async def test_who_is_seen_again_comes_back(conn: Conn, anna: Viewer) -> None:
    seen = await one(conn, proven("phone", "+85512000001"), name="Bopha")
    await bin_.delete(conn, SYSTEM, "contact", [seen.root_id])
    again = await one(conn, proven("phone", "+85512000001"))
    assert again.root_id == seen.root_id
    assert await conn.fetchval("SELECT deleted_at FROM crm_contact WHERE id = $1", seen.root_id) is None
    told: Any = await conn.fetchval("SELECT data FROM crm_activity WHERE kind = 'contact.restored'")
    assert told == {"why": "wrote"}


async def test_after_thirty_days_it_is_gone_for_good_unless_something_hangs_on_it(
    conn: Conn, anna: Viewer
) -> None:
    alone = await contacts.create(conn, anna, name="Alone", handles=[("phone", "+85512000001")])
    held = await contacts.create(conn, anna, name="Held")
    merged = await contacts.create(conn, anna, name="Merged")
    await contacts.merge(conn, anna, survivor_id=alone, absorbed_id=merged, reason="Same.")
    deal = await deals.create(conn, anna, contact_id=held, title="Roof")
    await bin_.delete(conn, anna, "contact", [alone, held])
    await bin_.purge(conn)
    assert await conn.fetchval("SELECT count(*) FROM crm_contact") == 3, "its time is not over"
    await conn.execute(OLD.format("contact"))
    await bin_.purge(conn)
    assert [row["id"] for row in await conn.fetch("SELECT id FROM crm_contact")] == [held]
    assert (
        await conn.fetchval(
            "SELECT count(*) FROM crm_history WHERE object = 'contact' AND record <> $1", held
        )
        == 0
    )
    [lying] = (await bin_.lying(conn, anna)).items
    assert (lying.id, lying.is_stuck) == (held, True)
    await bin_.delete(conn, anna, "deal", [deal])
    await conn.execute(OLD.format("deal"))
    await bin_.purge(conn)
    assert await conn.fetchval("SELECT count(*) FROM crm_deal") == 0


async def test_the_bin_is_paged_and_searched(conn: Conn, anna: Viewer) -> None:
    ids = [await contacts.create(conn, anna, name=f"Person {n}") for n in range(7)]
    await bin_.delete(conn, anna, "contact", ids)
    seen: list[int] = []
    after = None
    while True:
        page = await bin_.lying(conn, anna, after=after, limit=3)
        seen += [each.id for each in page.items]
        if (after := page.next) is None:
            break
    assert sorted(seen) == ids
    assert [each.title for each in (await bin_.lying(conn, anna, query="person 4")).items] == ["Person 4"]
    assert (await bin_.lying(conn, anna, of="deal")).items == []


async def test_the_history_has_room_ahead_and_refuses_nothing(conn: Conn, anna: Viewer) -> None:
    id_ = await contacts.create(conn, anna, name="Bopha")
    await conn.execute(
        "INSERT INTO crm_history (object, record, field, until)"
        " VALUES ('contact', $1, 'name', date_trunc('month', now()) + interval '2 months 3 days')",
        id_,
    )
    assert await conn.fetchval("SELECT count(*) FROM crm_history_rest") == 1
    for _ in range(2):
        await bin_.look_ahead(conn)
    assert await conn.fetchval("SELECT count(*) FROM crm_history_rest") == 0
    assert await conn.fetchval("SELECT count(*) FROM crm_history WHERE field = 'name'") == 1
    parts = await conn.fetchval("SELECT count(*) FROM pg_inherits WHERE inhparent = 'crm_history'::regclass")
    assert parts == 4


async def test_acts_that_the_history_names_are_kept(conn: Conn, anna: Viewer) -> None:
    id_ = await contacts.create(conn, anna, name="Bopha")
    await contacts.update(conn, anna, id_, ContactChanges(name="B"))
    await conn.execute("INSERT INTO crm_act (kind, at) VALUES ('close', now() - interval '2 days')")
    await conn.execute("UPDATE crm_act SET at = now() - interval '2 days', is_kept = false")
    await act_store.forget_old(conn)
    kinds = {row["kind"] for row in await conn.fetch("SELECT kind FROM crm_act")}
    assert kinds == {"contact.create", "contact.update"}
