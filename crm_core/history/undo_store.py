"""SQL of undoing: what of an act is left to put back, and putting it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from crm_core.acts.model import Record, Ref
from crm_core.sql import Conn

NEXT: LiteralString = """
    SELECT DISTINCT object, record FROM crm_history
     WHERE act = $1 AND object = ANY($2::text[]) AND (object, record) > ($3::text, $4::bigint)
     ORDER BY object, record LIMIT $5"""
SIZE: LiteralString = """
    SELECT count(*) FROM (SELECT DISTINCT object, record FROM crm_history WHERE act = $1) AS records"""
PUT_BACK: LiteralString = "SELECT record, field, is_back FROM crm_put_back($1, $2, $3::bigint[], $4)"
MERGES: LiteralString = """
    SELECT id FROM crm_merge WHERE (act_id = $1 OR remade_act = $1) AND undone_at IS NULL ORDER BY id DESC"""
UNMERGED: LiteralString = """
    SELECT id, survivor_id, absorbed_id FROM crm_merge WHERE undone_act = $1 ORDER BY id"""
HAD_MERGES: LiteralString = """
    SELECT EXISTS (SELECT FROM crm_merge WHERE act_id = $1 OR remade_act = $1 OR undone_act = $1)"""
DEALS_OF_TASKS: LiteralString = """
    SELECT DISTINCT deal_id FROM crm_task WHERE id = ANY($1::bigint[]) AND deal_id IS NOT NULL
     UNION
    SELECT DISTINCT (old #>> '{}')::bigint FROM crm_history
     WHERE act = $2 AND object = 'task' AND record = ANY($1::bigint[]) AND field = 'deal_id' AND old IS NOT NULL"""
UNDONE: LiteralString = """
    WITH RECURSIVE chain AS (
        SELECT id, parent_id, true AS is_undone FROM crm_act WHERE id = $1
         UNION ALL
        SELECT a.id, a.parent_id, NOT c.is_undone FROM chain c JOIN crm_act a ON a.id = c.parent_id)
    UPDATE crm_act a SET undone_at = CASE WHEN c.is_undone THEN now() END FROM chain c WHERE a.id = c.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """A field of a record, and whether it is as before."""

    record: int
    field: str
    is_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerged:
    """A merge that was undone."""

    id: int
    survivor_id: int
    absorbed_id: int


async def next_records(
    conn: Conn, act_id: UUID, objects: Sequence[Record], *, after: Ref | None, limit: int
) -> list[Ref]:
    """What the act changed, in order."""
    place = (after.object, after.id) if after else ("", 0)
    rows = await conn.fetch(NEXT, act_id, list(objects), *place, limit)
    named: dict[str, Record] = {each: each for each in objects}
    return [Ref(named[row["object"]], row["record"]) for row in rows]


async def size(conn: Conn, act_id: UUID) -> int:
    """How many records the act changed."""
    return await conn.fetchval(SIZE, act_id)


async def put_back(
    conn: Conn, act_id: UUID, object_: Record, records: Sequence[int], user_id: int | None
) -> list[PutBack]:
    rows = await conn.fetch(PUT_BACK, act_id, object_, list(records), user_id)
    return [PutBack(**dict(row)) for row in rows]


async def merges(conn: Conn, act_id: UUID) -> list[int]:
    """What the act merged and nobody has undone, newest first."""
    return [row["id"] for row in await conn.fetch(MERGES, act_id)]


async def unmerged(conn: Conn, act_id: UUID) -> list[Unmerged]:
    """What the act took apart, oldest first."""
    return [Unmerged(**dict(row)) for row in await conn.fetch(UNMERGED, act_id)]


async def had_merges(conn: Conn, act_id: UUID) -> bool:
    return await conn.fetchval(HAD_MERGES, act_id)


async def deals_of_tasks(conn: Conn, task_ids: Sequence[int], act_id: UUID) -> list[int]:
    """The deals that tasks belong to, or belonged to until the act."""
    return [row["deal_id"] for row in await conn.fetch(DEALS_OF_TASKS, list(task_ids), act_id)]


async def undone(conn: Conn, act_id: UUID) -> None:
    """The act is undone; what it had undone itself stands again."""
    await conn.execute(UNDONE, act_id)
