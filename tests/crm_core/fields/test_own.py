"""Own fields of records: kept by id, told by key, and nothing that was given is lost."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.contacts import enrichment
from crm_core.contacts import service as contacts
from crm_core.contacts.model import ContactChanges
from crm_core.deals import automation
from crm_core.deals import service as deals
from crm_core.deals.model import DealChanges
from crm_core.fields import moving, service
from crm_core.fields.model import FieldChanges, NewField, NewOption, OwnField
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from hub.catalogue import current, terms
from hub.settings import Settings
from tests.crm_core.made import viewer
from values.errors import Conflict, Forbidden, Invalid
from values.fields.model import FieldType
from values.filters.binding import bind
from values.filters.errors import FilterInvalid
from values.filters.reading import read


async def field(
    conn: Conn, object_: str, label: str, type_: FieldType = FieldType.TEXT, **more: Any
) -> OwnField:
    new = NewField(**{"object": object_, "type": type_, "label": label, "labels": {}, **more})
    return await service.add(conn, SYSTEM, new)


async def kept(conn: Conn, table: str, id_: int) -> dict[str, Any]:
    return await conn.fetchval(f"SELECT fields FROM {table} WHERE id = $1", id_)


async def test_values_are_kept_by_id_and_told_by_key(conn: Conn) -> None:
    budget = await field(conn, "contact", "Бюджет", FieldType.NUMBER)
    id_ = await contacts.create(conn, SYSTEM, name="Anna", fields={"x_byudzhet": "1 000", "free": "text"})
    assert await kept(conn, "crm_contact", id_) == {budget.place: 1000, "free": "text"}
    assert (await contacts.get(conn, SYSTEM, id_)).fields == {"x_byudzhet": 1000, "free": "text"}
    await contacts.update(conn, SYSTEM, id_, ContactChanges(fields={"x_byudzhet": None}))
    assert (await contacts.get(conn, SYSTEM, id_)).fields == {"free": "text"}
    assert await conn.fetchval("SELECT name FROM crm_field_found") == "free"


async def test_a_person_is_refused_at_the_field_and_a_form_keeps_its_text(conn: Conn) -> None:
    await field(conn, "contact", "Budget", FieldType.NUMBER)
    id_ = await contacts.create(conn, SYSTEM, name="Anna")
    with pytest.raises(Invalid) as refused:
        await contacts.update(conn, SYSTEM, id_, ContactChanges(fields={"x_budget": "some"}))
    assert refused.value.field == "fields.x_budget"
    await enrichment.enrich(conn, id_, field="x_budget", value="some", evidence="form_field")
    assert (await contacts.get(conn, SYSTEM, id_)).fields == {"x_budget.text": "some"}
    await enrichment.enrich(conn, id_, field="x_budget", value="5", evidence="form_field")
    assert (await contacts.get(conn, SYSTEM, id_)).fields == {"x_budget": 5}


async def test_a_key_is_taken_once_and_only_by_who_may(conn: Conn) -> None:
    first, second = [await field(conn, "deal", "Budget") for _ in range(2)]
    assert (first.key, second.key) == ("x_budget", "x_budget_2")
    with pytest.raises(Conflict):
        await field(conn, "deal", "Budget", key="x_budget")
    with pytest.raises(Invalid):
        await field(conn, "deal", "Budget", key="budget")
    manager = await viewer(conn, "Manager")
    with pytest.raises(Forbidden):
        await service.retire(conn, manager, first.id)


async def test_free_keys_become_fields_and_answer_to_both_names(conn: Conn) -> None:
    id_ = await contacts.create(conn, SYSTEM, name="Anna", fields={"Budget": "5", "n": 3})
    await conn.execute("DELETE FROM crm_history")
    await contacts.update(conn, SYSTEM, id_, ContactChanges(fields={"Budget": "6"}))
    budget = await field(conn, "contact", "Budget", alias="Budget")
    assert (await contacts.get(conn, SYSTEM, id_)).fields == {"x_budget": "6", "Budget": "6", "n": 3}
    assert await moving.move(conn, batch=1) == 1
    assert await moving.move(conn) == 0
    assert await kept(conn, "crm_contact", id_) == {budget.place: "6", "n": 3}
    rows = await conn.fetch("SELECT field, old FROM crm_history")
    assert [(row["field"], row["old"]) for row in rows] == [(f"fields.{budget.place}", "5")]
    await contacts.update(conn, SYSTEM, id_, ContactChanges(fields={"Budget": "7", "x_budget": "6"}))
    assert (await contacts.get(conn, SYSTEM, id_)).fields == {"x_budget": "7", "Budget": "7", "n": 3}


async def test_options_are_kept_by_id_whatever_they_are_called(conn: Conn) -> None:
    color = await field(conn, "deal", "Colour", FieldType.CHOICES, options=["Red", "Green"])
    red, green = color.options
    contact = await contacts.create(conn, SYSTEM, name="Anna")
    id_ = await deals.create(conn, SYSTEM, contact_id=contact, fields={"x_colour": ["red", "Green"]})
    await service.change_option(
        conn, SYSTEM, color.id, red.id, NewOption(label="Crimson", labels={"ru": "Алый"}, color="red")
    )
    await service.retire_option(conn, SYSTEM, color.id, green.id)
    assert (await deals.get(conn, SYSTEM, id_)).fields == {"x_colour": [red.id, green.id]}
    told = (await automation.snapshots(conn, [contact]))[contact].fields
    assert told["x_colour"] == "Crimson, Green"
    with pytest.raises(Conflict):
        await service.add_option(conn, SYSTEM, color.id, NewOption(label="crimson", labels={}))


async def test_a_stage_may_need_a_value(conn: Conn) -> None:
    budget = await field(conn, "deal", "Budget", FieldType.MONEY)
    anna = await viewer(conn, "Anna")
    stages = (await deals.pipelines(conn))[0].stages
    contact = await contacts.create(conn, anna, name="Bob")
    id_ = await deals.create(conn, anna, contact_id=contact)
    await service.change(conn, SYSTEM, budget.id, FieldChanges(required_at=[stages[1].id]))
    with pytest.raises(Invalid) as refused:
        await deals.move(conn, anna, id_, stage_id=stages[1].id)
    assert refused.value.field == "fields.x_budget"
    await deals.update(conn, anna, id_, DealChanges(fields={"x_budget": "5 USD"}))
    await deals.move(conn, anna, id_, stage_id=stages[1].id)
    assert (await deals.get(conn, anna, id_)).stage_id == stages[1].id


async def test_what_is_pointed_at_must_be_seen(conn: Conn) -> None:
    await field(conn, "deal", "Agent", FieldType.PERSON)
    anna, ben = await viewer(conn, "Anna"), await viewer(conn, "Ben")
    hers, his = [await contacts.create(conn, who, name="X") for who in (anna, ben)]
    id_ = await deals.create(conn, anna, contact_id=hers, fields={"x_agent": hers})
    with pytest.raises(Invalid):
        await deals.update(conn, anna, id_, DealChanges(fields={"x_agent": his}))


async def test_a_filter_walks_over_a_field_at_once_and_says_when_it_is_retired(conn: Conn) -> None:
    agent = await field(conn, "deal", "Agent", FieldType.PERSON)
    catalogue = await current(conn)
    form = {"all": [["deal.x_agent.name", "=", "Bob"]]}
    bind(read(form), "deal", terms(Settings(), catalogue))
    await service.retire(conn, SYSTEM, agent.id)
    with pytest.raises(FilterInvalid, match="retired"):
        bind(read({"all": [["deal.x_agent", "filled"]]}), "deal", terms(Settings(), await current(conn)))
    await service.restore(conn, SYSTEM, agent.id)
    assert await current(conn) is await current(conn)


async def test_new_records_begin_with_what_is_preset(conn: Conn) -> None:
    size = await field(conn, "contact", "Size", FieldType.NUMBER)
    await service.change(conn, SYSTEM, size.id, FieldChanges(preset="5"))
    ids = [await contacts.create(conn, SYSTEM, name="A", fields=given) for given in ({}, {"x_size": 6})]
    assert [(await contacts.get(conn, SYSTEM, id_)).fields["x_size"] for id_ in ids] == [5, 6]


async def test_fields_stand_in_the_order_that_is_given(conn: Conn) -> None:
    made = [(await field(conn, "task", name)).id for name in ("A", "B", "C")]
    await service.order(conn, SYSTEM, "task", [made[2], made[0]])
    assert [each.label for each in (await service.own(conn)).of("task")] == ["C", "A", "B"]
