"""What owners declare is true: every field and relation is one of the schema, and lists show what the viewer sees."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crm_core.catalogue import listing, store
from crm_core.catalogue.listing import Count, Listed
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.users.model import SYSTEM, Viewer
from hub.catalogue import CATALOGUE, terms
from hub.settings import Settings
from tests.crm_core.made import viewer
from values.errors import Invalid
from values.fields.model import FieldType
from values.filters.binding import bind
from values.filters.operators import operators
from values.filters.reading import read

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
OPERANDS: dict[FieldType, dict[str, Any]] = {
    FieldType.DATE: {"during": "this_week", "not during": "today"},
    FieldType.TIME: {"during": {"last": [3, "hours"]}, "not during": "today"},
}
VALUES: dict[FieldType, Any] = {
    **dict.fromkeys(FieldType, 1),
    **dict.fromkeys(
        [FieldType.TEXT, FieldType.LONG_TEXT, FieldType.MAIL, FieldType.PHONE, FieldType.LINK], "a"
    ),
    **dict.fromkeys([FieldType.DATE, FieldType.TIME], "today"),
    FieldType.YES_NO: True,
}


def listed(of: str, form: Any, *, order: str = "-id") -> Listed:
    where = bind(read(form), of, terms(Settings(), now=NOW))
    return Listed(catalogue=CATALOGUE, of=of, where=where, order=order)


async def found(conn: Conn, who: Viewer, of: str, form: Any, *, order: str = "-id") -> list[int]:
    return (await listing.ids(conn, who, listed(of, form, order=order))).items


@pytest.mark.parametrize("of", CATALOGUE)
async def test_every_field_and_relation_can_be_asked(conn: Conn, of: str) -> None:
    table = CATALOGUE[of]
    for field in (each for each in table.fields.values() if each.is_asked):
        for op in operators(field.type):
            one = OPERANDS.get(field.type, {}).get(op, VALUES[field.type])
            value = [] if op in ("filled", "empty") else [[one] if op.endswith("in") else one]
            await found(conn, SYSTEM, of, {"all": [[f"{of}.{field.key}", op, *value]]})
        if listing.is_sortable(field):
            for sign in ("", "-"):
                await found(conn, SYSTEM, of, {}, order=f"{sign}{field.key}")
    for link in table.relations.values():
        asked = [f"{of}.{link.key}.{next(iter(CATALOGUE[link.target].fields))}", "filled"]
        await found(conn, SYSTEM, of, {"has": f"{of}.{link.key}"} if link.is_many else {"all": [asked]})


async def test_related_rows_are_cut_by_what_one_sees(conn: Conn) -> None:
    mine, other = await viewer(conn, "Mine"), await viewer(conn, "Other")
    contact = await contacts.create(conn, SYSTEM, name="Anna", owner_id=mine.user_id)
    await deals.create(conn, SYSTEM, contact_id=contact, title="Big", owner_id=other.user_id, amount=50_000)
    await conn.execute(
        "DELETE FROM crm_follower"
    )  # who is given a deal follows its contact; owners alone count here
    rich = {"has": "contact.deals", "where": ["deal.amount", ">=", 500]}
    assert await found(conn, SYSTEM, "contact", rich) == [contact]
    assert await found(conn, mine, "contact", rich) == []
    assert await found(conn, mine, "contact", {"has_none": "contact.deals"}) == [contact]
    assert await found(conn, other, "contact", {}) == []
    named = {"all": [["deal.contact.name", "=", "anna"]]}
    assert len(await found(conn, SYSTEM, "deal", named)) == 1
    assert await found(conn, other, "deal", named) == []


@pytest.mark.parametrize("typed", ["o6Bm==", "O6BM==", "o6bm=="])
async def test_an_id_with_capitals_is_found(conn: Conn, typed: str) -> None:
    id_ = await contacts.create(conn, SYSTEM, name="Anna")
    await conn.execute(
        "INSERT INTO crm_handle (contact_id, kind, value, trust, evidence) VALUES ($1, 'viber', 'o6Bm==', 'proven', 'test')",
        id_,
    )
    for op in ("=", "contains"):
        form = {"has": "contact.handles", "where": ["handle.value", op, typed]}
        assert await found(conn, SYSTEM, "contact", form) == [id_]


async def test_a_merged_contact_is_one(conn: Conn) -> None:
    ids = [await contacts.create(conn, SYSTEM, name=name) for name in ("Anna", "Anna P.")]
    for id_ in ids:
        await tasks.create(conn, SYSTEM, title=f"Call {id_}", contact_id=id_)
    await contacts.merge(conn, SYSTEM, survivor_id=ids[0], absorbed_id=ids[1], reason="the same")
    twice = {"count": "contact.tasks", "op": "=", "value": 2}
    assert await found(conn, SYSTEM, "contact", twice) == [ids[0]]
    assert len(await found(conn, SYSTEM, "task", {"all": [["task.contact.name", "=", "Anna"]]})) == 2


async def test_pages_of_any_order_have_every_row_once(conn: Conn) -> None:
    contact = await contacts.create(conn, SYSTEM, name="Anna")
    made = [
        await tasks.create(
            conn,
            SYSTEM,
            title=f"T{n % 3}",
            contact_id=contact,
            due_at=NOW.replace(hour=n % 4) if n % 5 else None,
        )
        for n in range(23)
    ]
    for order in ("id", "-id", "due_at", "-due_at", "title", "-title"):
        seen: list[int] = []
        after: str | None = None
        while True:
            page = await listing.ids(conn, SYSTEM, listed("task", {}, order=order), after=after, limit=4)
            seen += page.items
            after = page.next
            if after is None:
                break
        assert sorted(seen) == made, order
        whole = (await listing.ids(conn, SYSTEM, listed("task", {}, order=order), limit=100)).items
        assert seen == whole, order
    rows = await conn.fetch("SELECT id FROM crm_task ORDER BY due_at DESC NULLS LAST, id DESC")
    assert await found(conn, SYSTEM, "task", {}, order="-due_at") == [row["id"] for row in rows]


async def test_a_cursor_serves_its_own_order(conn: Conn) -> None:
    for n in range(3):
        await contacts.create(conn, SYSTEM, name=f"C{n}")
    page = await listing.ids(conn, SYSTEM, listed("contact", {}), limit=1)
    for order, after in (("name", page.next), ("-id", "x"), ("-id", "W10")):
        with pytest.raises(Invalid) as told:
            await listing.ids(conn, SYSTEM, listed("contact", {}, order=order), after=after)
        assert told.value.field == "after"
    for order in ("", "-", "lost", "--id", "note", "amount"):
        with pytest.raises(Invalid) as told:
            await listing.ids(conn, SYSTEM, listed("contact", {}, order=order))
        assert told.value.field == "order"


@pytest.mark.parametrize(
    ("form", "is_there"),
    [
        ({"all": [["stage.position", ">", 2**31]]}, False),
        ({"all": [["stage.position", "<", 2**31]]}, True),
        ({"all": [["stage.position", ">=", -(2**40)]]}, True),
        ({"all": [["stage.position", "<", -(2**40)]]}, False),
        ({"all": [["stage.position", "in", [1.5, 2**40]]]}, False),
        ({"all": [["stage.position", "<", 1.5]]}, True),
        ({"all": [["stage.name", "in", ["a"] * 500], ["stage.name", "in", ["b"] * 500]]}, False),
    ],
)
async def test_numbers_beyond_the_column_are_answered(conn: Conn, form: Any, is_there: bool) -> None:
    assert bool(await found(conn, SYSTEM, "stage", form)) is is_there


@pytest.mark.parametrize(
    ("op", "value", "is_there"),
    [
        (">=", 0, True),
        ("<", 0, False),
        ("<=", 2**31 - 1, True),
        ("=", 0, True),
        ("!=", 0, False),
        (">", 0, False),
    ],
)
async def test_rows_of_a_relation_are_counted(conn: Conn, op: str, value: int, is_there: bool) -> None:
    await contacts.create(conn, SYSTEM, name="Anna")
    form = {"count": "contact.deals", "op": op, "value": value, "where": ["deal.title", "=", "x"]}
    assert bool(await found(conn, SYSTEM, "contact", form)) is is_there


async def test_counts_go_so_far(conn: Conn) -> None:
    for n in range(4):
        await contacts.create(conn, SYSTEM, name=f"C{n}")
    assert await listing.count(conn, SYSTEM, listed("contact", {})) == Count(number=4)
    assert await listing.count(conn, SYSTEM, listed("contact", {}), most=3) == Count(number=3, is_more=True)


async def test_a_list_that_takes_too_long_is_told_and_the_transaction_goes_on(
    conn: Conn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LONGEST", "1ms")
    await conn.execute(
        "INSERT INTO crm_company (name) SELECT 'Company ' || n FROM generate_series(1, 30000) AS n"
    )
    slow = {"count": "company.contacts", "op": "<", "value": 5, "where": ["contact.name", "contains", "x"]}
    async with conn.transaction():
        for verb in (listing.count, listing.ids):
            with pytest.raises(Invalid) as told:
                await verb(conn, SYSTEM, listed("company", slow, order="name"))
            assert told.value.field == "filter"
        assert await conn.fetchval("SHOW statement_timeout") == "0"
        assert await conn.fetchval("SHOW plan_cache_mode") == "auto"
        assert await conn.fetchval("SELECT count(*) FROM crm_company") == 30_000


async def test_any_number_of_contacts_is_sorted_by_name(conn: Conn) -> None:
    """An index gives the order: no more rows are read than are shown."""
    await conn.execute("ALTER TABLE crm_contact ALTER root_id DROP NOT NULL")
    await conn.execute(
        "INSERT INTO crm_contact (name) SELECT md5(n::text) FROM generate_series(1, 12000) AS n"
    )
    await conn.execute("UPDATE crm_contact SET root_id = id WHERE root_id IS NULL")
    await conn.execute("ANALYZE crm_contact")
    names = "SELECT id FROM crm_contact ORDER BY nullif(lower(name), ''), id DESC LIMIT 50"
    assert await found(conn, SYSTEM, "contact", {}, order="name") == [
        r["id"] for r in await conn.fetch(names)
    ]
    plan = "\n".join(row[0] for row in await conn.fetch(f"EXPLAIN {names}"))
    assert "crm_contact_by_name" in plan
    with pytest.raises(Invalid, match="“id”, “name”"):
        await found(conn, SYSTEM, "contact", {}, order="created_at")
