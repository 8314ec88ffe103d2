"""What a change of many contacts costs as a job (batches, history, facts, checkpoints), beside one bare UPDATE of them."""

from __future__ import annotations

import time
from statistics import median
from typing import Any
from uuid import uuid4

import asyncpg

from benchmarks.stage import Stage
from crm_core.bulk import service
from crm_core.bulk.model import Batch, Change
from crm_core.users.model import SYSTEM
from hub.catalogue import current
from hub.database import connect

MADE = """
    INSERT INTO crm_contact (id, name, name_source, root_id) OVERRIDING SYSTEM VALUE
    SELECT id, 'Person ' || id, 'user', id FROM (SELECT nextval('crm_contact_id_seq') AS id FROM generate_series(1, $1::int)) AS g
    RETURNING id"""
BARE = "UPDATE crm_contact SET note = $1, updated_at = now() WHERE id = ANY($2::bigint[])"


async def run(stage: Stage, *, contacts: int, samples: int) -> list[dict[str, Any]]:
    """Seconds of both, the median of so many pairs, and how many times as long the job takes."""
    conn = await connect(stage.database_url, application="bench")
    bare: list[float] = []
    bulk: list[float] = []
    try:
        ids = [row["id"] for row in await conn.fetch(MADE, contacts)]
        await conn.execute("VACUUM ANALYZE crm_contact")
        for n in range(samples):
            bare.append(await _bare(conn, ids, f"bare {n}"))
            bulk.append(await _bulk(conn, ids, f"bulk {n}"))
    finally:
        await conn.close()
    return [
        {
            "contacts": contacts,
            "one_update_s": round(median(bare), 2),
            "bulk_s": round(median(bulk), 2),
            "times": round(median(b / a for a, b in zip(bare, bulk, strict=True)), 2),
        }
    ]


async def _bare(conn: asyncpg.Connection, ids: list[int], note: str) -> float:
    """Without triggers: what the database itself needs."""
    async with conn.transaction():
        await conn.execute("SET LOCAL session_replication_role = replica")
        began = time.perf_counter()
        await conn.execute(BARE, note, ids)
    return time.perf_counter() - began


async def _bulk(conn: asyncpg.Connection, ids: list[int], note: str) -> float:
    began = time.perf_counter()
    change = Change(verb="set", values={"note": note})
    async with conn.transaction():
        found = await service.preview(conn, SYSTEM, await current(conn), "contact", ids, change)
    frozen, act = await service.frozen(conn, found.id), uuid4()
    for start in range(0, len(frozen.ids), service.BATCH):
        async with conn.transaction():
            checked = await service.check(conn, SYSTEM, await current(conn), "contact", change)
            part = frozen.ids[start : start + service.BATCH]
            batch = Batch(ids=part, since=frozen.created_at, act_id=act, cause_id=found.id)
            assert await service.carry_out(conn, SYSTEM, checked, batch) == len(part)
    return time.perf_counter() - began
