"""Things with a column and an own field of every type, a parent above each and parts below: what filters are tried on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, LiteralString

import orjson
from hypothesis import strategies as st

from crm_core.catalogue.checks import moment
from crm_core.catalogue.model import Column, Declaration, Link, Stored, Table, keyed, linked, put_together
from crm_core.catalogue.own import own
from values.fields.model import FieldType, Money

SCHEMA: LiteralString = """
    CREATE TABLE thing (
        id bigint PRIMARY KEY, parent_id bigint, text text NOT NULL DEFAULT '', number numeric, small integer,
        minor bigint, currency text, day date, at timestamptz, yes boolean, choice text NOT NULL DEFAULT '',
        choices text[] NOT NULL DEFAULT '{}', owner_id integer, fields jsonb NOT NULL DEFAULT '{}')"""
INSERT: LiteralString = """
    INSERT INTO thing SELECT * FROM jsonb_populate_recordset(NULL::thing, $1::jsonb)"""

T = FieldType
COLUMNS: Final = keyed(
    Column(key="text", label="Text", type=T.TEXT, sql="{t}.text", stored=Stored.TEXT, is_small=True),
    Column(key="number", label="Number", type=T.NUMBER, sql="{t}.number", stored=Stored.NUMERIC),
    Column(key="small", label="Small", type=T.NUMBER, sql="{t}.small", stored=Stored.INTEGER),
    Column(
        key="money",
        label="Money",
        type=T.MONEY,
        sql="{t}.minor",
        currency="{t}.currency",
        stored=Stored.BIGINT,
    ),
    Column(key="day", label="Day", type=T.DATE, sql="{t}.day", stored=Stored.DATE),
    Column(key="at", label="At", type=T.TIME, sql="{t}.at", stored=Stored.TIME),
    Column(key="yes", label="Yes", type=T.YES_NO, sql="{t}.yes", stored=Stored.BOOLEAN),
    Column(key="choice", label="Choice", type=T.CHOICE, sql="{t}.choice", stored=Stored.TEXT),
    Column(key="choices", label="Choices", type=T.CHOICES, sql="{t}.choices", stored=Stored.TEXTS),
    Column(key="owner", label="Owner", type=T.USER, sql="{t}.owner_id", stored=Stored.INTEGER),
)
OWN: Final = keyed(*(own(key=f"x_{each}", label=each, type=each, id=n) for n, each in enumerate(T, 1)))
PARENT = Link(
    key="parent",
    label="Parent",
    target="thing",
    is_many=False,
    source="thing {r}",
    on="{r}.id = {t}.parent_id",
)
PARTS = Link(
    key="parts", label="Parts", target="thing", is_many=True, source="thing {r}", on="{r}.parent_id = {t}.id"
)
THING = Table(
    key="thing",
    label="Thing",
    name="thing",
    fields=COLUMNS | OWN,
    relations=linked(PARENT, PARTS),
    visible="($1::integer IS NULL OR coalesce({t}.owner_id, 0) IN (0, $1))",
)
CATALOGUE: Final = put_together([Declaration(table=THING)])

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
"""In the night in which Berlin and Beirut lose an hour."""
TEXTS = st.text(alphabet="aAbBЯяខİΣσß%_\\ '", min_size=1, max_size=6)
NUMBERS = st.one_of(st.integers(-5, 5), st.decimals(-5, 5, places=2))
CURRENCIES = st.sampled_from(["USD", "JPY"])
MONEY = st.builds(
    lambda minor, currency: Money(minor=minor, currency=currency), st.integers(-300, 300), CURRENCIES
)
DAYS = st.integers(-430, 430).map(lambda n: NOW.date() + timedelta(n))
MOMENTS = st.one_of(
    st.integers(-200, 200).map(lambda n: NOW + timedelta(minutes=15 * n)),
    st.integers(-10_000, 10_000).map(lambda n: NOW + timedelta(hours=n)),
)
ANNIVERSARIES = DAYS.flatmap(lambda day: st.sampled_from([day.isoformat(), f"--{day.isoformat()[5:]}"]))
KEYS = st.integers(1, 4)
WORDS = st.sampled_from(["new", "New", "won"])
VALUES: Final[Mapping[FieldType, st.SearchStrategy[Any]]] = {
    **dict.fromkeys([T.TEXT, T.LONG_TEXT, T.LINK, T.MAIL, T.PHONE], TEXTS),
    T.NUMBER: NUMBERS,
    T.MONEY: MONEY,
    T.DATE: DAYS,
    T.ANNIVERSARY: st.one_of(ANNIVERSARIES, st.just("2024-02-29"), st.just("--02-29")),
    T.TIME: MOMENTS,
    T.YES_NO: st.booleans(),
    T.CHOICES: st.lists(KEYS, min_size=1, max_size=3, unique=True).map(tuple),
    **dict.fromkeys([T.CHOICE, T.FILE, T.USER, T.PERSON, T.COMPANY, T.DEAL, T.RECORD], KEYS),
}
OURS: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "small": st.integers(-5, 5),
    "choice": WORDS,
    "choices": st.lists(WORDS, min_size=1, max_size=2, unique=True).map(tuple),
}


def values_of(column: Column) -> st.SearchStrategy[Any]:
    """Values of a field that is filled."""
    return OURS.get(column.key, VALUES[column.type])


COLUMN: Final = st.sampled_from(list(THING.fields.values()))
RECORD: Final = st.lists(
    COLUMN.flatmap(lambda column: st.tuples(st.just(column.key), values_of(column))), max_size=12
).map(dict)


def record(drawn: Mapping[str, Any], id_: int, parent_id: int | None) -> dict[str, Any]:
    """A row of the table, for `INSERT`."""
    row: dict[str, Any] = {
        "id": id_,
        "parent_id": parent_id,
        "text": "",
        "choice": "",
        "choices": [],
        "fields": {},
    }
    for key, value in drawn.items():
        column = THING.fields[key]
        if value is None:
            continue
        if column.own:
            row["fields"][column.own] = canonical(column.type, value)
        elif isinstance(value, Money):
            row |= {"minor": value.minor, "currency": value.currency}
        else:
            row["owner_id" if key == "owner" else key] = value
    return row


def canonical(of: FieldType, value: Any) -> Any:
    """As an own field keeps it."""
    match value:
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case _:
            return value


def plain(rows: list[dict[str, Any]]) -> Any:
    """As JSON, which knows no Decimal."""

    def number(value: object) -> float:
        if isinstance(value, Decimal):
            return float(value)
        raise TypeError(type(value))

    return orjson.loads(orjson.dumps(rows, default=number))
