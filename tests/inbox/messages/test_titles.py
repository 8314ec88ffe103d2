"""What leads and deals are called on every way in: a short subject, a product, a company, never the whole first message."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crm_core.deals.titles import SHORT, request_of, short, title_of
from crm_core.leads.model import OpenRecords
from inbox.messages.asked_for import asked_for

LATE = datetime(2026, 11, 29, 20, 30, tzinfo=UTC)
LONG = "Hello, I would like to know how much it costs to rent the big hall for two days in December with food"


def records(**more: str) -> OpenRecords:
    values = {"name": "Claire", "lead_title": "", "company_name": ""} | more
    return OpenRecords(root_id=7, lead_id=None, source_id=None, deal_id=None, company_id=None, **values)


@pytest.mark.parametrize(
    ("wanted", "known", "title"),
    [
        ("Two bikes", {"lead_title": "Bikes", "company_name": "Riverside"}, "Two bikes"),
        ("", {"lead_title": "Bikes", "company_name": "Riverside"}, "Bikes"),
        (" \n", {"company_name": "Riverside"}, "Riverside"),
        ("", {}, "Request of Claire, 2026-11-29"),
        ("", {"zone": "Asia/Phnom_Penh"}, "Request of Claire, 2026-11-30"),
        ("", {"zone": "Mars/Olympus"}, "Request of Claire, 2026-11-29"),
        ("", {"zone": "../etc/passwd"}, "Request of Claire, 2026-11-29"),
        ("", {"name": ""}, "Request of #7, 2026-11-29"),
        ("", {"name": "+85512345678"}, "Request of +85512345678, 2026-11-29"),
    ],
)
def test_a_deal_is_named_by_what_is_known(wanted: str, known: dict[str, str], title: str) -> None:
    assert title_of(wanted, records(**known), at=LATE) == title


def test_a_title_fits_whatever_the_name() -> None:
    title = title_of("", records(name="ស" * 400), at=LATE)
    assert len(title) <= 200
    assert request_of(title) == (title[len("Request of ") : -len(", 2026-11-29")], LATE.date())
    assert len(title_of("", records(lead_title=LONG), at=LATE)) <= SHORT


@pytest.mark.parametrize(
    "title", ["Request of Claire", "Request of Claire, 2026-02-30", "A Request of Claire, 2026-11-29", ""]
)
def test_other_titles_are_no_requests(title: str) -> None:
    assert request_of(title) is None


def test_what_was_not_written_as_a_title_is_shortened_at_a_word() -> None:
    assert short("  Two \n bikes ") == "Two bikes"
    assert short(LONG).endswith("…")
    assert len(short(LONG)) <= SHORT
    assert LONG.startswith(short(LONG)[:-1])
    assert LONG[len(short(LONG)) - 1] == " "
    assert len(short("ក" * 300)) == SHORT


@pytest.mark.parametrize(
    ("subject", "fields", "title"),
    [
        ("Re: Fwd: Price of bikes", {}, "Price of bikes"),
        ("", {"Product": "City bike M", "Budget": "500"}, "City bike M"),
        ("", {"Товар *": " Кофе "}, "Кофе"),
        ("", {"product_name": "Desk"}, "Desk"),
        ("", {"ផលិតផល": "កង់"}, "កង់"),
        ("", {"services": "Cleaning"}, "Cleaning"),
        ("", {"productivity": "high", "Products": " "}, ""),
        ("Order", {"product": "Desk"}, "Order"),
        ("", {}, ""),
    ],
)
def test_what_is_asked_for(subject: str, fields: dict[str, str], title: str) -> None:
    assert asked_for(subject, fields) == title
