"""The fields of a deal as its form shows them."""

from __future__ import annotations

from crm_core.deals.model import Deal
from hub.web.formats import amount_input
from hub.web.naming import readable


def given_of(deal: Deal) -> dict[str, str]:
    return {
        "title": readable(deal.title),
        "amount": amount_input(deal.amount, deal.currency),
        "currency": deal.currency,
        "owner_id": str(deal.owner_id or ""),
        "company": deal.company_name,
        "note": deal.note,
    }
