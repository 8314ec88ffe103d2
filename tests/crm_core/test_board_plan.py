"""The board and the lists of deals cost what they show: no node of their plans touches the deals that are not shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.deals.board import store as board
from crm_core.deals.listing import store as listing
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM

MANY, SHOWN = 4_000, 10
TOP = (float("-inf"), 0)
FIRST = (2**62, SHOWN, None, None, None, None)


def touched(plan: dict[str, Any]) -> float:
    """The most rows that one node of the plan gave, over all its loops."""
    here = plan["Actual Rows"] * plan["Actual Loops"]
    return max([here, *(touched(each) for each in plan.get("Plans", []))])


@pytest.mark.parametrize(
    ("statement", "args", "columns"),
    [
        (board.COLUMNS_ALL, (*TOP, SHOWN), True),
        (board.COLUMNS_OWN, (*TOP, SHOWN, [0]), True),
        (listing.ALL, FIRST, False),
        (listing.OWN, (*FIRST, [0]), False),
    ],
)
async def test_a_plan_touches_what_it_shows(
    conn: Conn, statement: str, args: tuple[object, ...], columns: bool
) -> None:
    stages = [stage.id for stage in (await deals.pipelines(conn))[0].stages]
    contact = await contacts.create(conn, SYSTEM, name="Anna")
    await conn.execute(
        """INSERT INTO crm_contact (name, root_id) SELECT 'N ' || n, $1 FROM generate_series(1, $2::integer) AS n""",
        contact,
        MANY,
    )
    await conn.execute("UPDATE crm_contact SET root_id = id")
    await conn.execute(
        """INSERT INTO crm_deal (contact_id, pipeline_id, stage_id, title, currency, rank)
           SELECT c.id, s.pipeline_id, s.id, 'Deal', 'USD', c.id FROM crm_contact c
             JOIN crm_stage s ON s.id = ($1::integer[])[1 + c.id % 3]""",
        stages,
    )
    await conn.execute("ANALYZE crm_contact, crm_deal, crm_stage")
    given = (stages, *args) if columns else args
    told = await conn.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *given)
    assert touched(json.loads(told)[0]["Plan"]) <= SHOWN * len(stages) * len(stages), (
        "rows of deals that are not shown"
    )
