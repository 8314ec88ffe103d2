"""Lists and search: complete, in order, in any script, and no dearer when there is more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from crm_core.companies import service as companies
from crm_core.companies.model import CompanyChanges
from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from tests.crm_core.made import claimed, one, proven, viewer
from values.errors import Conflict, Invalid, NotFound
from values.paging import Page


async def walk(read: Callable[[str | None], Awaitable[Page[Any]]]) -> list[Any]:
    """All items over all pages."""
    items: list[Any] = []
    after: str | None = None
    while True:
        page = await read(after)
        items += page.items
        after = page.next
        if after is None:
            return items
        assert page.items


async def find(conn: Conn, query: str, who: Any = SYSTEM) -> list[str]:
    async def read(after: str | None) -> Page[Any]:
        return await contacts.list_contacts(conn, who, query=query, after=after, limit=2)

    return [contact.title for contact in await walk(read)]


async def test_contacts_are_found_in_any_script_and_notation(conn: Conn) -> None:
    for name, kind, value in (
        ("អ្នកស្រី សុខា ចាន់", "phone", "+855 12 345 678"),
        ("Анна Петрова", "phone", "+7 912 999 67 89"),
        ("Anna Smith", "email", "A.Smith@Acme.test"),
        ("Ann 100%", "telegram", "annie_"),
        ("", "email", "nobody@acme.test"),
    ):
        await contacts.create(conn, SYSTEM, name=name, handles=[(kind, value)])
    khmer, russian, english, percent, nameless = (
        "អ្នកស្រី សុខា ចាន់",
        "Анна Петрова",
        "Anna Smith",
        "Ann 100%",
        "nobody@acme.test",
    )
    for query, expected in {
        "សុខា": {khmer},
        "ុខា": {khmer},
        "ស្រី": {khmer},
        "петр": {russian},
        "ПЕТРОВА": {russian},
        "ann": {english, percent},
        "an": {english, percent},
        "sm": {english},
        "mith": {english},
        "acme.test": {english, nameless},
        "100%": {percent},
        "%": set(),
        "_": set(),
        "012 345 678": {khmer},
        "(012) 345-678": {khmer},
        "+85512345678": {khmer},
        "00855 12 345": {khmer},
        "345678": {khmer},
        "8 (912) 999-67-89": {russian},
        "\0": {khmer, russian, english, percent, nameless},
    }.items():
        assert set(await find(conn, query)) == expected, query
    assert (await find(conn, "Ann 100%"))[0] == percent


async def test_search_finds_the_living_contact_by_what_was_merged_into_it(conn: Conn) -> None:
    anna = await one(conn, proven("email", "anna@x.test"), name="Anna")
    other = await one(conn, proven("telegram", "7"), claimed("phone", "+12025550100"), name="Nickname")
    await contacts.merge(
        conn, SYSTEM, survivor_id=anna.contact_id, absorbed_id=other.contact_id, reason="same"
    )
    for query in ("nickname", "2025550100", "anna"):
        assert await find(conn, query) == ["Anna"]
    assert [c.id for c in (await contacts.list_contacts(conn, SYSTEM)).items] == [anna.contact_id]


async def test_pages_are_complete_and_in_order_for_everybody(conn: Conn) -> None:
    a, b = await viewer(conn, "A"), await viewer(conn, "B")
    ids: dict[str, list[int]] = {"a": [], "b": [], "nobody": [], "shared": []}
    for n in range(40):
        owner = ("a", "b", "nobody", "shared")[n % 4]
        owner_id = {"a": a.user_id, "b": b.user_id, "nobody": None, "shared": b.user_id}[owner]
        id_ = await contacts.create(
            conn, SYSTEM, name=f"Same {n}", owner_id=owner_id, tags=["even"] if n % 8 < 4 else []
        )
        ids[owner].append(id_)
        if owner == "shared":
            await contacts.share(conn, [(id_, a.user_id or 0)])
    for who, expected in (
        (SYSTEM, [id_ for group in ids.values() for id_ in group]),
        (a, ids["a"] + ids["nobody"] + ids["shared"]),
        (b, ids["b"] + ids["nobody"] + ids["shared"]),
    ):
        for query in ("", "same"):

            async def read(after: str | None, who: Any = who, query: str = query) -> Page[Any]:
                return await contacts.list_contacts(conn, who, query=query, after=after, limit=7)

            assert [contact.id for contact in await walk(read)] == sorted(expected, reverse=True)
        tagged = await contacts.list_contacts(conn, who, tag="even", limit=200)
        assert len(tagged.items) == len(expected) / 2


async def test_deals_are_listed_and_found(conn: Conn) -> None:
    a, b = await viewer(conn, "A"), await viewer(conn, "B")
    pipeline = (await deals.pipelines(conn))[0]
    contact = await contacts.create(conn, SYSTEM, name="Anna")
    made = [
        await deals.create(
            conn,
            SYSTEM,
            contact_id=contact,
            title=f"Deal {n}",
            stage_id=pipeline.stages[n % 6].id,
            owner_id=(a.user_id, b.user_id, None)[n % 3],
        )
        for n in range(18)
    ]
    for who, filters, expected in (
        (SYSTEM, {}, made),
        (a, {}, [d for n, d in enumerate(made) if n % 3 != 1]),
        (a, {"owner_id": a.user_id}, made[0::3]),
        (a, {"owner_id": b.user_id}, []),
        (a, {"query": "deal"}, [d for n, d in enumerate(made) if n % 3 != 1]),
        (b, {"query": "anna"}, [d for n, d in enumerate(made) if n % 3 != 0]),
        (SYSTEM, {"kind": "won"}, made[4::6]),
        (SYSTEM, {"stage_id": pipeline.stages[1].id}, made[1::6]),
        (SYSTEM, {"query": "Deal 17"}, made[17:]),
    ):

        async def read(after: str | None, who: Any = who, filters: dict[str, Any] = filters) -> Page[Any]:
            return await deals.list_deals(conn, who, after=after, limit=4, **filters)

        assert [card.id for card in await walk(read)] == sorted(expected, reverse=True), filters


async def test_companies_take_their_people_along(conn: Conn) -> None:
    a, b = await viewer(conn, "A"), await viewer(conn, "B")
    before = await one(conn, proven("email", "x@acme.test"))
    company = await companies.create(
        conn, a, name="Acme", domain="https://www.ACME.test/about", owner_id=a.user_id
    )
    after = await one(conn, proven("email", "y@acme.test"))
    found = await companies.get(conn, a, company)
    assert (found.domain, found.contacts) == ("acme.test", 2)
    listed = await contacts.list_contacts(conn, a, company_id=company)
    assert {contact.id for contact in listed.items} == {before.contact_id, after.contact_id}
    with pytest.raises(Conflict):
        await companies.create(conn, b, name="Other", domain="acme.test")
    for domain in ("gmail.com", "no domain", "a%.test"):
        with pytest.raises(Invalid):
            await companies.create(conn, b, name="Other", domain=domain)
    with pytest.raises(NotFound):
        await companies.get(conn, b, company)
    with pytest.raises(NotFound):
        await companies.update(conn, b, company, CompanyChanges(name="Mine now"))
    await companies.create(conn, b, name="ក្រុមហ៊ុន សុខា")
    assert [c.name for c in (await companies.list_companies(conn, a, query="សុខា")).items] == ["ក្រុមហ៊ុន សុខា"]
    assert (await companies.list_companies(conn, b, query="acme")).items == []
    assert await companies.for_domains(conn, ["acme.test", "x.test"]) == {"acme.test": company}
