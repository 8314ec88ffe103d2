"""What the card shows of a deal: its stages, and its form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_core.deals import service as deals
from crm_core.deals.model import Card, Deal, Stage
from crm_core.sql import Conn
from crm_core.tasks.model import Task
from crm_core.users.model import Viewer
from hub.web import forms as read
from hub.web.card import deal_form
from hub.web.forms import fresh


async def of_open(
    conn: Conn, who: Viewer, found: Sequence[Card], open_tasks: Sequence[Task]
) -> dict[str, Any]:
    """What the template needs of the open deal of a person."""
    card = next((each for each in found if each.closed_at is None), None)
    if card is None:
        return {"deal": None, "stages": ()}
    return await of(conn, await deals.get(conn, who, card.id), open_tasks)


async def of(conn: Conn, deal: Deal, open_tasks: Sequence[Task]) -> dict[str, Any]:
    """What the template needs of a deal: its stages and its form."""
    return {
        "deal": deal,
        "stages": await _stages(conn, deal),
        "deal_form": fresh(deal_form.shown_of(deal, deal_form.next_step(open_tasks))),
        "currencies": read.currencies(deal.currency),
        "people_options": await read.managers(conn),
    }


async def _stages(conn: Conn, deal: Deal) -> Sequence[Stage]:
    pipelines = await deals.pipelines(conn)
    return next((found.stages for found in pipelines if found.id == deal.pipeline_id), ())
