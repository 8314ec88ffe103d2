"""What the card shows of the open deal: its stage, figures and next step, and the version they are changed from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crm_core.deals import service as deals
from crm_core.deals.model import Card, Deal, Stage
from crm_core.sql import Conn
from crm_core.tasks.model import Task
from hub.web import forms as read
from hub.web import versions
from hub.web.formats import amount_input
from hub.web.moments import moment_input

FIELDS = ("amount", "currency", "owner_id", "step_id", "step", "step_due")


async def values(conn: Conn, found: Sequence[Card], open_tasks: Sequence[Task]) -> dict[str, Any]:
    """What the template needs of the open deal."""
    deal = next((each for each in found if each.closed_at is None), None)
    if deal is None:
        return {"deal": None, "stages": ()}
    shown = shown_of(deal, next_step(open_tasks))
    return {
        "deal": deal,
        "stages": await _stages(conn, deal),
        "deal_given": shown | {"version": versions.version_of(shown)},
        "currencies": read.currencies(deal.currency),
        "people_options": await read.managers(conn),
        "problems": {},
    }


def next_step(open_tasks: Sequence[Task]) -> Task | None:
    """The first of what is to be done, but for calls that are owed: they end by calling."""
    return next((task for task in open_tasks if task.kind != "call_back" and not task.is_done), None)


def shown_of(deal: Card | Deal, step: Task | None) -> dict[str, str]:
    """The fields of the form as it shows them."""
    return {
        "amount": amount_input(deal.amount, deal.currency),
        "currency": deal.currency,
        "owner_id": str(deal.owner_id or ""),
        "step_id": str(step.id) if step else "",
        "step": step.title if step else "",
        "step_due": moment_input(step.due_at) if step else "",
    }


async def _stages(conn: Conn, deal: Card) -> Sequence[Stage]:
    pipelines = await deals.pipelines(conn)
    return next((found.stages for found in pipelines if found.id == deal.pipeline_id), ())
