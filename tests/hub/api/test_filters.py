"""Lists with a filter and an order, over every object that has one."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.hub.api.conftest import Api, Caller

OBJECTS = {"contacts": "contact", "companies": "company", "leads": "lead", "deals": "deal", "tasks": "task"}


def asked(path: str, form: Any = None, **more: Any) -> str:
    given = {"filter": json.dumps(form)} if form is not None else {}
    return f"/{path}?{urlencode(given | more)}"


async def test_fields_name_what_filters_take(call: Caller) -> None:
    objects = {each["key"]: each for each in (await call.ok("GET", "/fields"))["items"]}
    assert set(OBJECTS.values()) <= set(objects)
    amount = next(each for each in objects["deal"]["fields"] if each["key"] == "amount")
    assert (amount["type"], ">=" in amount["operators"]) == ("money", True)
    assert {"key": "deals", "label": "Deals", "object": "deal", "is_many": True} in objects["contact"][
        "relations"
    ]


async def test_contacts_by_tag_deal_and_handle(call: Caller) -> None:
    anna = await call.ok(
        "POST",
        "/contacts",
        {"name": "Anna", "tags": ["vip"], "handles": [{"kind": "email", "value": "a@firm.test"}]},
        status=201,
    )
    boris = await call.ok("POST", "/contacts", {"name": "boris"}, status=201)
    await call.ok(
        "POST", "/deals", {"contact_id": boris["id"], "title": "Flat", "amount": 50_000}, status=201
    )
    for form, wanted in [
        ({"all": [["contact.tags", "has", "vip"]]}, [anna]),
        ({"has": "contact.deals", "where": ["deal.amount", ">", 499.99]}, [boris]),
        ({"has": "contact.handles", "where": ["handle.value", "contains", "FIRM"]}, [anna]),
        ({"all": [["contact.created_at", "during", "today"]]}, [boris, anna]),
        ({"not": ["contact.name", "starts", "b"]}, [anna]),
    ]:
        page = await call.ok("GET", asked("contacts", form))
        assert [row["id"] for row in page["items"]] == [each["id"] for each in wanted], form
    page = await call.ok("GET", asked("contacts", order="name", limit=1))
    assert [row["name"] for row in page["items"]] == ["Anna"]
    page = await call.ok("GET", asked("contacts", order="name", limit=1, after=page["next"]))
    assert [row["name"] for row in page["items"]] == ["boris"]


@pytest.mark.parametrize("path", OBJECTS)
async def test_each_list_says_what_is_wrong(call: Caller, path: str) -> None:
    of = OBJECTS[path]
    assert await call.ok("GET", asked(path, {"all": [[f"{of}.id", ">", 0]]})) == {"items": [], "next": None}
    for text, field in [
        ("{", "filter"),
        ("[1]", "filter"),
        ("[" * 2500, "filter"),
        (json.dumps({"all": [[f"{of}.id", ">", 0], [f"{of}.lost", "filled"]]}), "filter.all[1]"),
        (json.dumps({"any": [{"not": [f"{of}.id", "~", 0]}]}), "filter.any[0].not"),
    ]:
        await call.refused("GET", f"/{path}?{urlencode({'filter': text})}", status=422, field=field)
    await call.refused("GET", asked(path, order="lost"), status=422, field="order")


async def test_other_conditions_belong_into_the_filter(call: Caller) -> None:
    form = {"all": [["deal.title", "filled"]]}
    await call.refused("GET", asked("deals", form, stage_id=1), status=422, field="stage_id")
    await call.refused(
        "GET", asked("leads", {"all": [["lead.title", "filled"]]}, state="new"), status=422, field="state"
    )


async def test_an_amount_of_another_currency_is_neither_more_nor_less(call: Caller, api: Api) -> None:
    contact = await call.ok("POST", "/contacts", {"name": "Anna"}, status=201)
    for amount, currency in ((1_000, "JPY"), (1_000, "USD")):
        await call.ok(
            "POST",
            "/deals",
            {"contact_id": contact["id"], "title": currency, "amount": amount, "currency": currency},
            status=201,
        )
    for value, titles in [
        ({"amount": "1000", "currency": "JPY"}, ["JPY"]),
        ({"amount": "10.00", "currency": "USD"}, ["USD"]),
        (10, ["USD"]),
    ]:
        page = await call.ok("GET", asked("deals", {"all": [["deal.amount", "=", value]]}))
        assert [row["title"] for row in page["items"]] == titles
