"""Everything of everybody: what each role is tried against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from crm_core.companies import service as companies
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.leads import service as leads
from crm_core.leads.model import LeadRequest
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.users.model import SYSTEM, Viewer
from tests.crm_core.made import viewer

LATER = datetime.now(UTC) + timedelta(days=3)
OWNERS = ("a", "b", "nobody")


@dataclass
class Things:
    """One of everything for each owner, and who looks at them."""

    viewers: dict[str, Viewer]
    contacts: dict[str, int]
    companies: dict[str, int]
    leads: dict[str, int]
    deals: dict[str, int]
    tasks: dict[str, int]


SEES = {
    "admin": {"a", "b", "nobody"},
    "system": {"a", "b", "nobody"},
    "chief": {"a", "b", "nobody"},
    "a": {"a", "nobody"},
    "b": {"b", "nobody"},
    "new": {"nobody"},
}


@pytest.fixture
async def things(conn: Conn) -> Things:
    viewers = {
        "admin": await viewer(conn, "Admin", "admin"),
        "chief": await viewer(conn, "Chief", sees_all=True),
        "a": await viewer(conn, "A"),
        "b": await viewer(conn, "B"),
        "new": await viewer(conn, "New"),
        "ops": await viewer(conn, "Ops", "ops", sees_all=True),
        "system": SYSTEM,
    }
    made = Things(viewers, {}, {}, {}, {}, {})
    for owner in OWNERS:
        owner_id = None if owner == "nobody" else viewers[owner].user_id
        contact = await contacts.create(conn, SYSTEM, name=f"Customer of {owner}", owner_id=owner_id)
        made.contacts[owner] = contact
        made.companies[owner] = await companies.create(
            conn, SYSTEM, name=f"Company of {owner}", owner_id=owner_id
        )
        lead = (await leads.open_for(conn, [LeadRequest(contact_id=contact)]))[0]
        assert lead
        if owner_id:
            await leads.assign(conn, SYSTEM, lead, owner_id)
        made.leads[owner] = lead
        made.deals[owner] = await deals.create(
            conn, SYSTEM, contact_id=contact, title=f"Deal of {owner}", owner_id=owner_id, amount=100
        )
        made.tasks[owner] = await tasks.create(
            conn,
            SYSTEM,
            title=f"Task of {owner}",
            assignee_id=owner_id,
            due_at=LATER,
            deal_id=made.deals[owner],
        )
    await conn.execute("DELETE FROM crm_follower")  # only owners count here; following has its own test
    return made
