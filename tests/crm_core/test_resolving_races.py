"""Who a identity is, against other transactions: one owner, whatever the order."""

from __future__ import annotations

import asyncio

import pytest

from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from hub.database import Pool
from tests.crm_core.made import claimed, one, proven, seen


async def roots(conn: Conn) -> int:
    return await conn.fetchval("SELECT count(*) FROM crm_contact WHERE merged_into IS NULL")


async def test_racing_secondary_proofs_end_with_one_owner(pool: Pool) -> None:
    """Callers lock the first handle only; here many transactions prove the same second one at once."""

    async def arrive(n: int) -> int:
        async with pool.acquire() as conn, conn.transaction():
            identity = seen(proven("telegram", str(n)), proven("phone", "+12025550100"))
            return (await contacts.resolve(conn, [identity]))[0].contact_id

    found = await asyncio.gather(*(arrive(n) for n in range(12)))
    async with pool.acquire() as conn:
        assert await roots(conn) == 1
        assert len(set(found)) == 1
        assert await conn.fetchval("SELECT count(*) FROM crm_handle") == 13
        assert await conn.fetchval("SELECT count(*) FROM crm_activity WHERE kind = 'contact.created'") == 1


async def test_the_loser_of_a_race_takes_back_what_it_wrote(pool: Pool) -> None:
    """The winner is held open between its insert and its commit, so that the loser must wait and decide anew."""
    async with pool.acquire() as first, pool.acquire() as second, pool.acquire() as watcher:
        winner = first.transaction()
        await winner.start()
        won = (await contacts.resolve(first, [seen(proven("phone", "+12025550100"), name="Winner")]))[0]

        async def lose() -> list[tuple[int, str]]:
            async with second.transaction():
                batch = [
                    seen(proven("telegram", "7"), proven("phone", "+12025550100")),
                    seen(proven("telegram", "8")),
                ]
                return [(one.contact_id, one.name) for one in await contacts.resolve(second, batch)]

        losing = asyncio.create_task(lose())
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        for _ in range(500):
            if await watcher.fetchval(waits):
                break
            await asyncio.sleep(0.01)
        else:
            pytest.fail("the loser never waited")
        await winner.commit()
        lost = await losing
        assert lost[0] == (won.contact_id, "Winner")
        assert await roots(watcher) == 2
        assert await watcher.fetchval("SELECT count(*) FROM crm_handle") == 3


async def test_racing_upgrades_of_one_claim_end_with_one_owner(pool: Pool) -> None:
    async with pool.acquire() as conn:
        visitors = [
            await one(conn, claimed("visitor", f"v{n}"), claimed("email", "a@x.test")) for n in range(6)
        ]

    async def sign(n: int) -> int:
        async with pool.acquire() as conn, conn.transaction():
            identity = seen(proven("email", "a@x.test"), contact_id=visitors[n].contact_id)
            return (await contacts.resolve(conn, [identity]))[0].contact_id

    assert await asyncio.gather(*(sign(n) for n in range(6))) == [one.contact_id for one in visitors]
    async with pool.acquire() as conn:
        assert await conn.fetchval("SELECT count(*) FROM crm_handle WHERE trust = 'proven'") == 1
        assert await conn.fetchval("SELECT count(*) FROM crm_handle WHERE kind = 'email'") == 6
