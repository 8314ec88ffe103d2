"""The fields of a deal's form, the same on its own page and beside a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_core.deals.model import Deal
from crm_core.tasks.model import Task
from hub.web.formats import amount_input
from hub.web.moments import moment_input
from hub.web.naming import readable

FIELDS = ("title", "amount", "currency", "owner_id", "company", "note", "step_id", "step", "step_due")


def shown_of(deal: Deal, step: Task | None, own: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form as it shows them; `own` are the customer's."""
    return {
        **own,
        "title": readable(deal.title),
        "amount": amount_input(deal.amount, deal.currency),
        "currency": deal.currency,
        "owner_id": str(deal.owner_id or ""),
        "company": deal.company_name,
        "note": deal.note,
        "step_id": str(step.id) if step else "",
        "step": step.title if step else "",
        "step_due": moment_input(step.due_at) if step else "",
    }


def next_step(open_tasks: Sequence[Task]) -> Task | None:
    """The first of what is to be done, but for calls that are owed: they end by calling."""
    return next((task for task in open_tasks if task.kind != "call_back" and not task.is_done), None)
