"""Promise 10 in the CRM: each role against everything of everybody, by list, search, counter, direct look-up and change."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.companies import service as companies
from crm_core.companies.model import CompanyChanges
from crm_core.contacts import service as contacts
from crm_core.contacts.model import ContactChanges
from crm_core.deals import service as deals
from crm_core.deals.model import DealChanges
from crm_core.history import service as activity
from crm_core.leads import service as leads
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import TaskChanges
from crm_core.users.model import SYSTEM, Viewer
from tests.crm_core.conftest import OWNERS, SEES, Things
from values.errors import Forbidden, NotFound


@pytest.mark.parametrize("who", sorted(SEES))
async def test_lists_counters_and_searches(conn: Conn, things: Things, who: str) -> None:
    looking, sees = things.viewers[who], SEES[who]

    def of(kind: dict[str, int]) -> set[int]:
        return {kind[owner] for owner in sees}

    for query in ("", "customer"):
        found = await contacts.list_contacts(conn, looking, query=query)
        assert {item.id for item in found.items} == of(things.contacts)
    for query in ("", "company"):
        companies_ = await companies.list_companies(conn, looking, query=query)
        assert {item.id for item in companies_.items} == of(things.companies)
    for query in ("", "deal of", "customer"):
        cards = await deals.list_deals(conn, looking, query=query)
        assert {item.id for item in cards.items} == of(things.deals)
    assert {item.id for item in (await leads.list_leads(conn, looking)).items} == of(things.leads)
    for scope in ("open", "upcoming", "all"):
        listed = await tasks.list_tasks(conn, looking, scope=scope)
        assert {item.id for item in listed.items} == of(things.tasks)
    pipeline = (await deals.pipelines(conn))[0]
    column = (await deals.board(conn, looking, pipeline.id))[0]
    assert {card.id for card in column.cards} == of(things.deals)
    assert (column.deals, column.sums) == (len(sees), {"USD": 100 * len(sees)})
    more = await deals.column(conn, looking, pipeline.stages[0].id)
    assert {card.id for card in more.items} == of(things.deals)


@pytest.mark.parametrize("who", sorted(SEES))
async def test_direct_look_ups_and_changes(conn: Conn, things: Things, who: str) -> None:
    for owner in OWNERS:
        await _try_everything(conn, things, who=who, owner=owner)


async def _try_everything(conn: Conn, things: Things, *, who: str, owner: str) -> None:
    looking = things.viewers[who]
    contact, deal, task = things.contacts[owner], things.deals[owner], things.tasks[owner]
    lead, company = things.leads[owner], things.companies[owner]
    pipeline = (await deals.pipelines(conn))[0]
    verbs: list[Any] = [
        lambda: contacts.get(conn, looking, contact),
        lambda: contacts.update(conn, looking, contact, ContactChanges(note="x")),
        lambda: contacts.add_handle(conn, looking, contact, kind="email", value="x@x.test"),
        lambda: contacts.why_joined(conn, looking, contact),
        lambda: contacts.suggestions(conn, looking, contact),
        lambda: activity.history(conn, looking, contact_id=contact),
        lambda: activity.history(conn, looking, deal_id=deal),
        lambda: activity.write_note(conn, looking, contact_id=contact, text="x"),
        lambda: activity.write_note(conn, looking, deal_id=deal, text="x"),
        lambda: companies.get(conn, looking, company),
        lambda: companies.update(conn, looking, company, CompanyChanges(note="x")),
        lambda: leads.get(conn, looking, lead),
        lambda: leads.decline(conn, looking, lead),
        lambda: deals.get(conn, looking, deal),
        lambda: deals.create(conn, looking, contact_id=contact, title="x"),
        lambda: deals.update(conn, looking, deal, DealChanges(note="x")),
        lambda: deals.move(conn, looking, deal, stage_id=pipeline.stages[1].id),
        lambda: tasks.get(conn, looking, task),
        lambda: tasks.create(conn, looking, title="x", contact_id=contact),
        lambda: tasks.create(conn, looking, title="x", deal_id=deal),
        lambda: tasks.update(conn, looking, task, TaskChanges(note="x")),
        lambda: tasks.done(conn, looking, task),
        lambda: tasks.reopen(conn, looking, task),
    ]
    for verb in verbs:
        if owner in SEES[who]:
            await verb()
        else:
            with pytest.raises(NotFound):
                await verb()


async def test_ops_staff_see_no_customers_at_all(conn: Conn, things: Things) -> None:
    ops = things.viewers["ops"]
    pipeline = (await deals.pipelines(conn))[0]
    nobodys = {
        kind: getattr(things, kind)["nobody"] for kind in ("contacts", "companies", "leads", "deals", "tasks")
    }
    for verb in (
        lambda: contacts.list_contacts(conn, ops),
        lambda: contacts.list_contacts(conn, ops, query="customer"),
        lambda: contacts.get(conn, ops, nobodys["contacts"]),
        lambda: contacts.create(conn, ops, name="x"),
        lambda: contacts.merge(conn, ops, survivor_id=1, absorbed_id=2, reason=""),
        lambda: companies.list_companies(conn, ops),
        lambda: companies.get(conn, ops, nobodys["companies"]),
        lambda: companies.create(conn, ops, name="x"),
        lambda: leads.list_leads(conn, ops),
        lambda: leads.get(conn, ops, nobodys["leads"]),
        lambda: leads.of_contact(conn, ops, nobodys["contacts"]),
        lambda: deals.board(conn, ops, pipeline.id),
        lambda: deals.column(conn, ops, pipeline.stages[0].id),
        lambda: deals.list_deals(conn, ops),
        lambda: deals.of_contact(conn, ops, nobodys["contacts"]),
        lambda: deals.get(conn, ops, nobodys["deals"]),
        lambda: tasks.list_tasks(conn, ops),
        lambda: tasks.counters(conn, ops),
        lambda: tasks.get(conn, ops, nobodys["tasks"]),
        lambda: tasks.create(conn, ops, title="x"),
        lambda: activity.history(conn, ops, contact_id=nobodys["contacts"]),
    ):
        with pytest.raises(Forbidden):
            await verb()


async def test_who_was_given_a_conversation_sees_the_contact_but_not_the_deals(
    conn: Conn, things: Things
) -> None:
    b = things.viewers["b"]
    contact = things.contacts["a"]
    await contacts.share(conn, [(contact, b.user_id or 0)])
    assert (await contacts.get(conn, b, contact)).name == "Customer of a"
    assert contact in {item.id for item in (await contacts.list_contacts(conn, b)).items}
    assert contact in {item.id for item in (await contacts.list_contacts(conn, b, query="of a")).items}
    assert await deals.of_contact(conn, b, contact) == []
    assert await leads.of_contact(conn, b, contact) == []
    assert await tasks.of_contact(conn, b, contact) == []
    kinds = {entry.kind for entry in (await activity.history(conn, b, contact_id=contact)).items}
    assert "contact.created" in kinds
    assert "deal.created" not in kinds
    with pytest.raises(NotFound):
        await contacts.get(conn, things.viewers["new"], contact)


async def test_suggestions_do_not_show_a_colleagues_contact(conn: Conn, things: Things) -> None:
    for owner in ("a", "b"):
        await contacts.add_handle(conn, SYSTEM, things.contacts[owner], kind="email", value="same@x.test")
    assert await contacts.suggestions(conn, things.viewers["a"], things.contacts["a"]) == []
    admins = await contacts.suggestions(conn, things.viewers["admin"], things.contacts["a"])
    assert [one.other_id for one in admins] == [things.contacts["b"]]
    with pytest.raises(NotFound):
        await contacts.accept_suggestion(conn, things.viewers["a"], admins[0].id)


def test_a_viewer_without_a_user_sees_nothing_by_accident() -> None:
    assert Viewer(user_id=None, role="manager").sql_id == -1
    assert Viewer(user_id=7, role="ops", sees_all=True).sql_id == 7
    assert SYSTEM.sql_id is None


async def test_ids_beyond_their_columns_are_just_not_there(conn: Conn, things: Things) -> None:
    admin, far = things.viewers["admin"], 2**62
    for verb in (
        lambda: contacts.get(conn, admin, far),
        lambda: companies.get(conn, admin, far),
        lambda: leads.get(conn, admin, far),
        lambda: deals.get(conn, admin, far),
        lambda: deals.board(conn, admin, far),
        lambda: tasks.get(conn, admin, far),
    ):
        with pytest.raises(NotFound):
            await verb()
    assert (await deals.column(conn, admin, far)).items == []
    assert (await deals.list_deals(conn, admin, stage_id=far, owner_id=far)).items == []
