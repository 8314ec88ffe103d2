"""What the card shows of a deal: its stages, and its form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from crm_core.deals import service as deals
from crm_core.deals.model import Card, Deal, Stage
from crm_core.sql import Conn
from crm_core.tasks.model import Task
from hub.web import forms as read
from hub.web import own_fields
from hub.web.card import deal_form
from hub.web.context import viewer
from hub.web.forms import fresh


async def of_open(
    conn: Conn, request: web.Request, found: Sequence[Card], open_tasks: Sequence[Task]
) -> dict[str, Any]:
    """What the template needs of the open deal of a person."""
    card = next((each for each in found if each.closed_at is None), None)
    if card is None:
        return {"deal": None, "stages": ()}
    return await of(conn, request, await deals.get(conn, viewer(request), card.id), open_tasks)


async def of(conn: Conn, request: web.Request, deal: Deal, open_tasks: Sequence[Task]) -> dict[str, Any]:
    """What the template needs of a deal: its stages and its form."""
    own = await own_fields.of(conn, request, "deal", deal.fields)
    return {
        "deal": deal,
        "stages": await _stages(conn, deal),
        "deal_own": own,
        "deal_form": fresh(deal_form.shown_of(deal, deal_form.next_step(open_tasks), own.given)),
        "currencies": read.currencies(deal.currency),
        "people_options": await read.managers(conn),
    }


async def _stages(conn: Conn, deal: Deal) -> Sequence[Stage]:
    pipelines = await deals.pipelines(conn)
    return next((found.stages for found in pipelines if found.id == deal.pipeline_id), ())
