"""Leads become deals: once, whoever asks and however often."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.deals.model import DealChanges, RoutedRequest
from crm_core.deals.qualifying import qualify
from crm_core.history import service as activity
from crm_core.leads import service as leads
from crm_core.leads.model import LeadRequest
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from hub.database import Pool
from tests.crm_core.made import counted, one, proven, resolve, seen, viewer
from values.errors import Conflict, Invalid

SOURCE = {
    "utm": {"utm_source": "ads"},
    "referrer": "https://search.test/",
    "landing_page": "/a",
    "page": "/b",
    "visits": [["2026-01-01T00:00:00Z", "/a", "A"]],
}


def asked(contact_id: int, *, title: str = "Request", source: dict[str, Any] | None = None) -> LeadRequest:
    return LeadRequest(contact_id=contact_id, conversation_id=5, channel_id=1, title=title, source=source)


def routed(contact_id: int, owner_id: int | None, *, title: str = "") -> RoutedRequest:
    return RoutedRequest(
        contact_id=contact_id, conversation_id=5, channel_id=1, owner_id=owner_id, title=title
    )


async def check_totals(conn: Conn) -> None:
    """The totals are what counting would give, before and after folding."""
    truth = await conn.fetch(
        "SELECT stage_id, coalesce(owner_id, 0), currency, count(*), sum(amount)::bigint FROM crm_deal GROUP BY 1, 2, 3"
    )
    for _ in range(2):
        kept = await conn.fetch(
            """SELECT stage_id, owner_id, currency, sum(deals)::bigint, sum(amount)::bigint FROM crm_stage_total
                GROUP BY 1, 2, 3 HAVING sum(deals) <> 0 OR sum(amount) <> 0"""
        )
        assert {tuple(row) for row in kept} == {tuple(row) for row in truth}
        await deals.fold_totals(conn)


async def test_one_open_lead_a_contact_and_repeats_are_facts(conn: Conn) -> None:
    anna = await one(conn, proven("telegram", "1"), name="Anna")
    nick = await one(conn, proven("telegram", "2"))
    bob = await one(conn, proven("telegram", "3"))
    await contacts.merge(
        conn, SYSTEM, survivor_id=anna.contact_id, absorbed_id=nick.contact_id, reason="same"
    )
    first = await leads.open_for(
        conn, [asked(anna.contact_id, source=SOURCE), asked(nick.contact_id), asked(bob.contact_id)]
    )
    assert [id_ is not None for id_ in first] == [True, False, True]
    assert await leads.open_for(conn, [asked(nick.contact_id), asked(bob.contact_id)]) == [None, None]
    assert await leads.open_for(conn, []) == []
    kinds = await conn.fetch(
        "SELECT kind, count(*) AS n FROM crm_activity WHERE kind LIKE 'lead.%' GROUP BY kind"
    )
    assert {row["kind"]: row["n"] for row in kinds} == {"lead.created": 2, "lead.repeated": 3}
    lead = await leads.get(conn, SYSTEM, first[0] or 0)
    assert (lead.title, lead.contact_name, lead.source) == ("Request", "Anna", SOURCE)


async def test_racing_requests_open_one_lead(pool: Pool) -> None:
    async with pool.acquire() as conn:
        anna = await one(conn, proven("telegram", "1"))

    async def ask() -> int | None:
        async with pool.acquire() as conn, conn.transaction():
            return (await leads.open_for(conn, [asked(anna.contact_id)]))[0]

    assert len([id_ for id_ in await asyncio.gather(*(ask() for _ in range(8))) if id_]) == 1


async def test_a_routed_lead_becomes_a_deal_once(conn: Conn) -> None:
    a, b = await viewer(conn, "A"), await viewer(conn, "B")
    people = await resolve(conn, *(seen(proven("telegram", str(n)), name=f"P{n}") for n in range(3)))
    ids = [person.contact_id for person in people]
    await leads.open_for(conn, [asked(ids[0], title="Price?", source=SOURCE), asked(ids[1], title="")])
    made = await deals.create_for_routed(
        conn,
        [
            routed(ids[0], a.user_id),
            routed(ids[1], b.user_id),
            routed(ids[0], b.user_id),
            routed(ids[2], None),
        ],
    )
    assert made[0] == made[2]
    assert len(set(made)) == 3
    first, second, third = [await deals.get(conn, SYSTEM, id_) for id_ in (made[0], made[1], made[3])]
    assert (first.title, first.owner_id, first.stage_name, first.source) == (
        "Price?",
        a.user_id,
        "New",
        SOURCE,
    )
    assert second.title.startswith("Request of P1, ")
    assert third.title.startswith("Request of P2, ")
    assert third.owner_id is None
    assert [lead.state for lead in await leads.of_contact(conn, SYSTEM, ids[0])] == ["qualified"]
    assert await deals.create_for_routed(conn, [routed(ids[2], b.user_id), routed(ids[0], b.user_id)]) == [
        third.id,
        first.id,
    ]
    assert (await deals.get(conn, SYSTEM, third.id)).owner_id == b.user_id, "nobody's deal is taken"
    assert (await deals.get(conn, SYSTEM, first.id)).owner_id == a.user_id
    assert await leads.open_for(conn, [asked(ids[0])]) == [None], "an open deal is no new lead"
    won = next(stage for stage in (await deals.pipelines(conn))[0].stages if stage.kind == "won")
    await deals.move(conn, SYSTEM, first.id, stage_id=won.id)
    assert (await leads.open_for(conn, [asked(ids[0])]))[0] is not None, (
        "a closed one does not stand in the way"
    )
    await check_totals(conn)


async def test_two_hundred_routed_leads_cost_a_handful_of_statements(conn: Conn) -> None:
    people = await resolve(conn, *(seen(proven("telegram", str(n))) for n in range(200)))
    async with counted(conn) as statements:
        await leads.open_for(conn, [asked(person.contact_id) for person in people])
        await deals.create_for_routed(conn, [routed(person.contact_id, None) for person in people])
    assert len([text for text in statements if "pg_catalog" not in text and "jit" not in text]) <= 9
    assert await conn.fetchval("SELECT count(*) FROM crm_deal") == 200


async def test_a_lead_is_qualified_or_declined_once(conn: Conn) -> None:
    a = await viewer(conn, "A")
    ops = await viewer(conn, "Ops", "ops")
    anna, bob = (
        await one(conn, proven("telegram", "1"), name="Anna"),
        await one(conn, proven("telegram", "2")),
    )
    first, second = await leads.open_for(conn, [asked(anna.contact_id, source=SOURCE), asked(bob.contact_id)])
    assert first
    assert second
    with pytest.raises(Invalid):
        await qualify(conn, a, first, owner_id=ops.user_id)
    deal = await deals.get(conn, a, await qualify(conn, a, first, owner_id=a.user_id, title="Big"))
    assert (deal.title, deal.lead_id, deal.owner_id, deal.source) == ("Big", first, a.user_id, SOURCE)
    assert (await contacts.get(conn, a, anna.contact_id)).owner_id == a.user_id
    await leads.decline(conn, a, second, reason="spam")
    for verb in (qualify(conn, a, second, owner_id=None), leads.decline(conn, a, first)):
        with pytest.raises(Conflict):
            await verb
    declined = (await leads.list_leads(conn, a, state="declined")).items
    assert [(lead.id, lead.reason) for lead in declined] == [(second, "spam")]
    entries = (await activity.history(conn, a, deal_id=deal.id)).items
    assert {entry.kind for entry in entries} == {"deal.created", "lead.qualified"}


async def test_bad_values_name_their_field(conn: Conn) -> None:
    contact = await contacts.create(conn, SYSTEM, name="Anna")
    deal = await deals.create(conn, SYSTEM, contact_id=contact, title="D")
    for field, value in (
        ("title", " "),
        ("amount", -1),
        ("amount", 2**70),
        ("currency", "XX"),
        ("owner_id", 99),
        ("company_id", 99),
    ):
        with pytest.raises(Invalid) as caught:
            await deals.update(conn, SYSTEM, deal, DealChanges(**{field: value}))
        assert caught.value.field == field
    for verb in (
        deals.move(conn, SYSTEM, deal, stage_id=99),
        deals.create(conn, SYSTEM, contact_id=contact, pipeline_id=99),
    ):
        with pytest.raises(Invalid):
            await verb
