"""The fields of a deal as its form shows them."""

from __future__ import annotations

from crm_core import money
from crm_core.deals.model import Deal
from hub.web.crm import fields as read


def currencies(first: str) -> read.Options:
    usual = ("USD", "KHR", "EUR", "RUB", "THB", "VND", "CNY", "GBP")
    return [(code, code) for code in dict.fromkeys((first, *usual))]


def given_of(deal: Deal) -> dict[str, str]:
    digits = money.precision(deal.currency)
    whole, rest = divmod(deal.amount, 10**digits)
    amount = f"{whole}.{rest:0{digits}d}" if rest else str(whole)
    return {
        "title": deal.title,
        "amount": amount if deal.amount else "",
        "currency": deal.currency,
        "owner_id": str(deal.owner_id or ""),
        "company": deal.company_name,
        "note": deal.note,
    }
