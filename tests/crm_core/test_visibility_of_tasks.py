"""Which tasks one sees, and that nobody reads a colleague's names through them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_core.contacts import service as contacts
from crm_core.contacts.model import ContactChanges
from crm_core.deals import service as deals
from crm_core.deals.model import DealChanges
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import CallBack, TaskChanges
from crm_core.users.model import SYSTEM
from tests.crm_core.conftest import LATER, OWNERS, SEES, Things
from values.errors import Invalid, NotFound


async def test_nobodys_task_about_a_colleagues_contact_is_not_told(conn: Conn, things: Things) -> None:
    """Its title and whom it is about are the colleague's business: by list, by id, by contact and among call-backs."""
    made = {}
    for owner in OWNERS:
        for kind, due in (("call_back", LATER), ("task", None)):
            id_ = await tasks.create(
                conn, SYSTEM, title=f"Call {owner}", kind=kind, contact_id=things.contacts[owner], due_at=due
            )
            made[id_] = owner
    for name in ("admin", "chief", "a", "b", "new"):
        sees = {id_ for id_, owner in made.items() if owner in SEES[name]}
        viewer = things.viewers[name]
        for scope in ("open", "undated", "all"):
            page = await tasks.list_tasks(conn, viewer, scope=scope, limit=100)
            listed = {task.id for task in page.items} & set(made)
            assert listed <= sees, (name, scope)
            if scope == "all":
                assert listed == sees, name
        assert {task.id for task in await tasks.call_backs(conn, viewer)} <= sees
        for id_ in set(made) - sees:
            with pytest.raises(NotFound):
                await tasks.get(conn, viewer, id_)
            with pytest.raises(NotFound):
                await tasks.update(conn, viewer, id_, TaskChanges(title="Mine now"))


async def test_a_task_that_somebody_gave_me_is_mine_to_see(conn: Conn, things: Things) -> None:
    b = things.viewers["b"]
    id_ = await tasks.create(
        conn, SYSTEM, title="Ring her", contact_id=things.contacts["a"], assignee_id=b.user_id
    )
    assert (await tasks.get(conn, b, id_)).title == "Ring her"


async def test_pages_of_tasks_are_full_where_colleagues_tasks_lie_between(conn: Conn, things: Things) -> None:
    b = things.viewers["b"]
    for n in range(12):
        about = things.contacts["a" if n % 3 else "b"]
        await tasks.create(conn, SYSTEM, title=f"n{n}", contact_id=about, due_at=LATER + timedelta(minutes=n))
    titles, after = [], None
    while True:
        page = await tasks.list_tasks(conn, b, limit=2, after=after)
        titles += [task.title for task in page.items if task.title.startswith("n")]
        if (after := page.next) is None:
            break
        assert len(page.items) == 2
    assert titles == ["n0", "n3", "n6", "n9"]


async def test_a_call_back_follows_the_contacts_owner(conn: Conn, things: Things) -> None:
    item = CallBack(contact_id=things.contacts["a"], conversation_id=None, assignee_id=None, due_at=LATER)
    (id_,) = await tasks.call_back(conn, [item])
    a = things.viewers["a"]
    assert (await tasks.get(conn, a, id_)).assignee_id == a.user_id


async def test_a_colleagues_company_cannot_be_named_by_its_number(conn: Conn, things: Things) -> None:
    b, theirs = things.viewers["b"], things.companies["a"]
    with pytest.raises(Invalid):
        await contacts.update(conn, b, things.contacts["b"], ContactChanges(company_id=theirs))
    with pytest.raises(Invalid):
        await contacts.create(conn, b, name="Spy", company_id=theirs)
    with pytest.raises(Invalid):
        await deals.create(conn, b, contact_id=things.contacts["b"], title="Spy", company_id=theirs)
    with pytest.raises(Invalid):
        await deals.update(conn, b, things.deals["b"], DealChanges(company_id=theirs))
    await contacts.update(conn, SYSTEM, things.contacts["b"], ContactChanges(company_id=theirs))
    await contacts.update(
        conn, b, things.contacts["b"], ContactChanges(company_id=theirs, note="left as it is")
    )
    await contacts.update(
        conn, b, things.contacts["b"], ContactChanges(company_id=things.companies["nobody"])
    )
