"""Facts: kept in order, relayed when somebody subscribed, told once, and lost by no rollback."""

from __future__ import annotations

import asyncio

import pytest

from crm_core import events
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.facts import DealUpdated, DealWon
from crm_core.history import service as activity
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from hub.database import Pool
from inbox.facts import MessageReceived
from tests.crm_core.made import counted, viewer
from values.errors import Invalid


def won(deal_id: int) -> DealWon:
    return DealWon(deal_id=deal_id, from_=1, to=2, stage="Won", amount=5, currency="USD")


async def kinds(conn: Conn) -> list[str]:
    return [row["kind"] for row in await conn.fetch("SELECT kind FROM crm_activity ORDER BY id")]


async def test_messages_are_kept_only_while_somebody_listens(conn: Conn) -> None:
    both = [
        MessageReceived(channel_id=1, external_id="x", text="hi"),
        won(1),
    ]
    await events.announce(conn, both)
    assert await kinds(conn) == ["deal.won"]
    assert await events.claim_relayed(conn, 10) == []
    await events.announce(conn, both[:1])
    await events.subscribe(conn, ["message.received"])
    await events.announce(conn, both)
    await events.announce(conn, both[:1])
    told = await events.claim_relayed(conn, 10)
    assert [(fact.kind, fact.data["text"]) for fact in told] == [("message.received", "hi")] * 2
    await events.subscribe(conn, [])
    await events.announce(conn, both)
    assert (await kinds(conn)).count("message.received") == 2


async def test_a_batch_of_facts_is_one_statement(conn: Conn) -> None:
    facts = [
        DealUpdated(deal_id=n, changed=["note"], changes=[{"ក": "ខ"}], currency="USD") for n in range(500)
    ]
    await events.announce(conn, facts[:1])
    async with counted(conn) as statements:
        await events.announce(conn, facts)
        await events.announce(conn, [])
    assert len(statements) == 1


async def test_every_fact_is_told_once_by_many_relays(pool: Pool) -> None:
    async with pool.acquire() as conn:
        await events.subscribe(conn, ["deal.won"])
        await events.announce(conn, [won(n) for n in range(100)])
        attempt = conn.transaction()
        await attempt.start()
        assert len(await events.claim_relayed(conn, 50)) == 50
        await attempt.rollback()

    async def relay() -> list[int | None]:
        told: list[int | None] = []
        for _ in range(10):
            async with pool.acquire() as conn, conn.transaction():
                told += [fact.deal_id for fact in await events.claim_relayed(conn, 7)]
        return told

    told = [id_ for part in await asyncio.gather(*(relay() for _ in range(4))) for id_ in part]
    assert sorted(told) == list(range(100))


async def test_the_history_is_one_over_all_identities_and_comes_in_pages(conn: Conn) -> None:
    a = await viewer(conn, "Dara")
    one = await contacts.create(conn, a, name="Anna")
    two = await contacts.create(conn, a, name="Nick")
    deal = await deals.create(conn, a, contact_id=two, title="D")
    for n in range(6):
        await activity.write_note(conn, a, contact_id=(one, two)[n % 2], text=f"note {n}")
    await activity.write_note(conn, a, deal_id=deal, text="<b>on the deal</b>")
    merge_id = await contacts.merge(conn, a, survivor_id=one, absorbed_id=two, reason="same")

    async def read(**about: int) -> list[tuple[str, str]]:
        seen: list[tuple[str, str]] = []
        before: str | None = None
        while True:
            page = await activity.history(conn, a, before=before, limit=4, **about)
            seen += [(entry.kind, entry.data.get("text", "")) for entry in page.items]
            assert all(entry.user_name == "Dara" for entry in page.items)
            before = page.next
            if before is None:
                return seen

    whole = await read(contact_id=two)
    assert [kind for kind, _ in whole] == [
        "contact.merged",
        *["note.written"] * 7,
        "deal.created",
        *["contact.created"] * 2,
    ]
    assert [text for _, text in whole[1:4]] == ["<b>on the deal</b>", "note 5", "note 4"]
    assert [kind for kind, _ in await read(deal_id=deal)] == ["note.written", "deal.created"]
    await contacts.unmerge(conn, a, merge_id)
    assert [text for kind, text in await read(contact_id=one) if kind == "note.written"] == [
        "note 4",
        "note 2",
        "note 0",
    ]
    for text in ("", " \n\0"):
        with pytest.raises(Invalid):
            await activity.write_note(conn, SYSTEM, contact_id=one, text=text)
