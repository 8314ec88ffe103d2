"""Filters meet fields: which operators there are, what operands they take, how paths are followed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from values.fields.model import Field, FieldType, Object, Relation
from values.filters.binding import Terms, bind
from values.filters.calendar import Calendar
from values.filters.errors import FilterInvalid
from values.filters.evaluating import matches
from values.filters.operators import OPERATORS
from values.filters.reading import read

FIELDS = {each.value: Field(key=each.value, label=each.value, type=each) for each in FieldType}
RELATIONS = {
    "parent": Relation(key="parent", label="Parent", target="thing", is_many=False),
    "parts": Relation(key="parts", label="Parts", target="thing", is_many=True),
}
TERMS = Terms(
    objects={"thing": Object(key="thing", label="Thing", fields=FIELDS, relations=RELATIONS)},
    calendar=Calendar(now=datetime(2026, 11, 30, 12, tzinfo=UTC), zone=ZoneInfo("UTC")),
)


def passes(condition: list[Any], **record: Any) -> bool:
    return matches(bind(read({"all": [condition]}), "thing", TERMS), record)


def test_every_type_has_operators_and_can_be_empty() -> None:
    assert set(OPERATORS) == set(FieldType)
    for each in FieldType:
        assert passes([f"thing.{each}", "empty"])
        assert not passes([f"thing.{each}", "filled"])


@pytest.mark.parametrize("op", ["!=", "not contains", "not in"])
def test_who_has_no_value_is_not_something(op: str) -> None:
    assert passes(["thing.text", op, ["a"] if op == "not in" else "a"])


@pytest.mark.parametrize(
    ("condition", "value", "wanted"),
    [
        (["thing.text", "=", "АННА"], "Анна", True),
        (["thing.text", "contains", "нн"], "АННА", True),
        (["thing.text", "contains", "%"], "100", False),
        (["thing.text", "starts", "istanbul"], "İstanbul", True),
        (["thing.text", "in", ["a", "B"]], "b", True),
        (["thing.number", "=", 0.1], 0.1, True),
        (["thing.number", ">=", 5], 5, True),
        (["thing.yes_no", "=", False], False, True),
        (["thing.yes_no", "!=", True], None, True),
        (["thing.choice", "=", "won"], "Won", False),
        (["thing.choices", "has all", ["a", "b"]], ("b", "a", "c"), True),
        (["thing.choices", "has none", ["a"]], ("b",), True),
        (["thing.anniversary", "anniversary", "this_week"], "1990-12-06", True),
        (["thing.anniversary", "anniversary", "this_week"], "--12-07", False),
    ],
)
def test_values(condition: list[Any], value: Any, wanted: bool) -> None:
    assert passes(condition, **{condition[0].removeprefix("thing."): value}) is wanted


def test_a_number_is_no_yes() -> None:
    assert not passes(["thing.choice", "=", 1], choice=True)


@pytest.mark.parametrize(
    "condition",
    [
        *(["text", "=", "a"], ["other.text", "=", "a"], ["thing", "=", "a"], ["thing.lost", "filled"]),
        *(["thing.parent", "filled"], ["thing.lost.text", "filled"], ["thing.parts.text", "filled"]),
        ["thing.parent.parent.parent.parent.parent.text", "filled"],
        *(["thing.text", op, "a"] for op in ("", "<", "~", "has", "FILLED")),
        *(["thing.text", "=", value] for value in (None, "", 5, ["a"], "a" * 201, "\0")),
        *(["thing.text", "in", value] for value in (None, "a", [], [5], ["a"] * 501)),
        ["thing.text", "filled", "a"],
        *(["thing.number", ">", value] for value in (None, "5", True, 1e300, float("nan"), float("inf"))),
        *(
            ["thing.money", ">", value]
            for value in (None, "5", {"amount": "x", "currency": "USD"}, {"amount": 5}, 0.001)
        ),
        *(
            ["thing.money", ">", {"amount": value, "currency": "USD"}]
            for value in ("1.005", "NaN", "1e99", "")
        ),
        *(["thing.yes_no", "=", value] for value in (None, 1, "yes")),
        *(["thing.choice", "=", value] for value in (None, True, -1, 1.5, "")),
        *(["thing.user", "=", value] for value in (None, True, 0, -1, 2**63, "me")),
        *(["thing.date", "during", value] for value in ({"last": [3, "hours"]}, "someday")),
        *(
            ["thing.anniversary", "anniversary", value]
            for value in ({"last": [2, "years"]}, {"from": "2026-01-01"})
        ),
    ],
)
def test_what_cannot_be_asked_is_told(condition: list[Any]) -> None:
    with pytest.raises(FilterInvalid) as told:
        passes(condition)
    assert told.value.place == "all[0]"


def test_related_records_are_counted() -> None:
    parts = [{"text": "a"}, {"text": "b"}, {"text": ""}]
    for form, wanted in [
        ({"has": "thing.parts"}, True),
        ({"has_none": "thing.parts", "where": ["thing.text", "=", "c"]}, True),
        ({"count": "thing.parts", "op": "=", "value": 2, "where": ["thing.text", "filled"]}, True),
        ({"count": "thing.parts", "op": "!=", "value": 3}, False),
        ({"has": "thing.parent.parts"}, False),
        ({"count": "thing.parent.parts", "op": "<", "value": 1}, True),
    ]:
        assert matches(bind(read(form), "thing", TERMS), {"parts": parts}) is wanted
