"""SQL and memory give one answer: random filters over random records with parents and parts, in many zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.catalogue.compiling import condition, visible
from crm_core.catalogue.model import Column
from crm_core.catalogue.writing import Writing
from crm_core.sql import Conn
from tests.crm_core.catalogue.things import (
    CATALOGUE,
    COLUMN,
    INSERT,
    NOW,
    RECORD,
    SCHEMA,
    TEXTS,
    THING,
    plain,
    record,
    values_of,
)
from values.fields.model import FieldType, Money
from values.filters.binding import Terms, bind
from values.filters.calendar import NAMED, UNITS, Calendar
from values.filters.evaluating import matches
from values.filters.model import All, AnyOf, Condition, Filter, Not, Related
from values.filters.operators import operators
from values.filters.reading import COMPARISONS, read, write

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "Asia/Beirut", "America/St_Johns", "Asia/Phnom_Penh", "Australia/Lord_Howe"]
)
CALENDARS = st.builds(
    lambda zone, week, year: Calendar(now=NOW, zone=ZoneInfo(zone), week_starts=week, year_starts=year),
    ZONES,
    st.integers(0, 6),
    st.integers(1, 12),
)
DAYS = st.one_of(
    st.just("today"),
    st.dates(NOW.date().replace(year=2025), NOW.date().replace(year=2027)).map(str),
    st.builds(
        lambda side, n, unit: {side: [n, unit]},
        st.sampled_from(["ago", "ahead"]),
        st.integers(0, 14),
        st.sampled_from(UNITS[2:5]),
    ),
)
FINE = st.builds(
    lambda side, n, unit: {side: [n, unit]},
    st.sampled_from(["ago", "ahead"]),
    st.integers(0, 300),
    st.sampled_from(UNITS[:2]),
)
WHOLE = st.one_of(
    st.sampled_from(
        [
            "today",
            "yesterday",
            "tomorrow",
            *(f"{which}_{name}" for which in ("last", "this", "next") for name in NAMED),
        ]
    ),
    st.builds(
        lambda side, n, unit: {side: [n, unit]},
        st.sampled_from(["last", "next"]),
        st.integers(0, 10),
        st.sampled_from(UNITS[2:5]),
    ),
    st.tuples(st.dates(NOW.date().replace(year=2025), NOW.date()), st.integers(0, 300)).map(
        lambda pair: {"from": str(pair[0])}
    ),
)
SHORT = st.one_of(
    st.sampled_from(["today", "yesterday", "this_week", "last_month", "this_month", "next_quarter"]),
    st.builds(lambda n: {"next": [n, "days"]}, st.integers(0, 300)),
)
HOURS = st.builds(lambda side, n: {side: [n, "hours"]}, st.sampled_from(["last", "next"]), st.integers(0, 60))


def operands(column: Column, op: str) -> st.SearchStrategy[Any]:
    """Operands as JSON that an operator of a field takes."""
    if op in ("filled", "empty"):
        return st.none()
    match column.type:
        case FieldType.DATE | FieldType.TIME:
            is_time = column.type is FieldType.TIME
            if "during" in op:
                return st.one_of(WHOLE, HOURS) if is_time else WHOLE
            return st.one_of(DAYS, FINE) if is_time and op != "on" else DAYS
        case FieldType.ANNIVERSARY:
            return SHORT
        case FieldType.TEXT | FieldType.LONG_TEXT | FieldType.LINK | FieldType.MAIL | FieldType.PHONE:
            one: st.SearchStrategy[Any] = TEXTS
        case FieldType.CHOICES:
            return st.lists(values_of(column).map(lambda value: value[0]), min_size=1, max_size=3)
        case _:
            one = values_of(column).map(_json)
    return st.lists(one, min_size=1, max_size=3) if op.endswith("in") else one


def _json(value: Any) -> Any:
    if not isinstance(value, Money):
        return value
    amount = Decimal(value.minor).scaleb(-precision(value.currency))
    return {"amount": str(amount), "currency": value.currency}


def precision(currency: str) -> int:
    return 0 if currency == "JPY" else 2


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    column = draw(COLUMN)
    op = draw(st.sampled_from(operators(column.type)))
    hops = draw(st.sampled_from(["", "", "parent.", "parent.parent."]))
    return Condition(f"thing.{hops}{column.key}", op, draw(operands(column, op)))


def groups(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    items = st.lists(inner, min_size=1, max_size=3).map(tuple)
    related = st.builds(
        Related,
        st.sampled_from(["thing.parts", "thing.parent.parts"]),
        st.sampled_from(COMPARISONS),
        st.integers(0, 3),
        st.one_of(st.just(All()), inner),
    )
    return st.one_of(st.builds(All, items), st.builds(AnyOf, items), st.builds(Not, inner), related)


FILTERS = st.recursive(conditions(), groups, max_leaves=6)
RECORDS = st.lists(RECORD, min_size=1, max_size=6)


def seen(each: Mapping[str, Any], scope: int | None) -> bool:
    return scope is None or each.get("owner") in (None, scope)


def nested(
    drawn: Sequence[Mapping[str, Any]], parents: Sequence[int | None], scope: int | None
) -> list[dict[str, Any]]:
    """The records with their parents and parts in them, as far as the viewer sees them."""
    made: list[dict[str, Any]] = [dict(each) for each in drawn]
    for n, each in enumerate(made):
        above = parents[n]
        each["parent"] = made[above] if above is not None and seen(made[above], scope) else None
        each["parts"] = [part for m, part in enumerate(made) if parents[m] == n and seen(part, scope)]
    return made


@pytest.fixture
async def things(conn: Conn) -> Conn:
    await conn.execute(SCHEMA)
    return conn


@settings(max_examples=120, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
async def test_sql_and_memory_agree(things: Conn, data: st.DataObject) -> None:
    drawn = data.draw(RECORDS)
    parents = [data.draw(st.sampled_from([None, *range(n)])) for n in range(len(drawn))]
    scope = data.draw(st.sampled_from([None, None, 1, 2]))
    terms = Terms(objects=CATALOGUE, calendar=data.draw(CALENDARS), precision=precision)
    asked = data.draw(st.lists(FILTERS, min_size=4, max_size=8))
    bound = [bind(each, "thing", terms) for each in asked]
    writing = Writing(scope)
    passed = [f"({condition(each, CATALOGUE, THING, 't', writing)}) IS TRUE" for each in bound]
    await things.execute("TRUNCATE thing")
    await things.execute(INSERT, plain([record(each, n, parents[n]) for n, each in enumerate(drawn)]))
    found = await things.fetch(
        f"SELECT id, ARRAY[{', '.join(passed)}] AS passed FROM thing t WHERE {visible(THING, 't')}",
        *writing.args,
    )
    records = nested(drawn, parents, scope)
    assert {row["id"] for row in found} == {n for n, each in enumerate(records) if seen(each, scope)}
    for row in found:
        for given_, each, is_passed in zip(asked, bound, row["passed"], strict=True):
            assert matches(each, records[row["id"]]) == is_passed, write(given_)


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(asked=FILTERS)
def test_a_filter_comes_back_from_json(asked: Filter) -> None:
    form = orjson.loads(orjson.dumps(write(asked), default=float))
    assert write(read(form)) == form
    assert read(write(asked)) == (All((asked,)) if isinstance(asked, Condition) else asked)
