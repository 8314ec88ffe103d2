"""Promise 4 at its source: who an identity is, alone, in a batch and against other transactions."""

from __future__ import annotations

import pytest

from crm_core.contacts import service as contacts
from crm_core.contacts.model import ContactChanges, SeenHandle
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from tests.crm_core.made import claimed, counted, one, proven, resolve, seen, viewer
from values.kept import english_of


async def roots(conn: Conn) -> int:
    return await conn.fetchval("SELECT count(*) FROM crm_contact WHERE merged_into IS NULL")


async def doubts(conn: Conn) -> int:
    return await conn.fetchval("SELECT count(*) FROM crm_suggestion WHERE state = 'open'")


async def test_a_proven_handle_is_recognised_however_it_is_written(conn: Conn) -> None:
    first = await one(conn, proven("email", "Anna@Example.test"), name="Anna")
    again = await one(conn, proven("email", " anna@EXAMPLE.test"), name="Anna B.")
    assert first.is_new
    assert (again.contact_id, again.is_new, again.name) == (first.contact_id, False, "Anna")
    phone = await one(conn, proven("phone", "+855 12 345 678"))
    assert (await one(conn, proven("phone", "+85512345678"))).contact_id == phone.contact_id


async def test_a_malformed_address_proves_nothing(conn: Conn) -> None:
    first = await one(conn, proven("telegram", "1"), proven("phone", "12"))
    second = await one(conn, proven("telegram", "2"), proven("phone", "12"))
    assert first.root_id != second.root_id
    assert (
        await conn.fetchval("SELECT count(*) FROM crm_handle WHERE kind = 'phone' AND trust = 'proven'") == 0
    )
    assert await doubts(conn) == 1


@pytest.mark.parametrize(
    ("first", "second", "expected_roots", "expected_doubts"),
    [
        pytest.param(
            [proven("email", "a@x.test")],
            [claimed("email", "a@x.test")],
            2,
            1,
            id="a claim of a proven address",
        ),
        pytest.param(
            [claimed("email", "a@x.test")],
            [proven("email", "a@x.test")],
            2,
            1,
            id="a proof of a claimed address",
        ),
        pytest.param(
            [claimed("email", "a@x.test")],
            [claimed("email", "a@x.test")],
            1,
            0,
            id="the same claim and evidence",
        ),
        pytest.param(
            [claimed("email", "a@x.test", "typed")],
            [claimed("email", "a@x.test", "form_field")],
            2,
            1,
            id="the same claim, other evidence",
        ),
        pytest.param(
            [claimed("visitor", "v1", "visitor_cookie"), claimed("email", "a@x.test")],
            [claimed("visitor", "v2", "visitor_cookie"), claimed("email", "a@x.test")],
            2,
            1,
            id="two visitors claim one address",
        ),
        pytest.param(
            [proven("telegram", "7")],
            [proven("phone", "+12025550100"), proven("telegram", "7")],
            1,
            0,
            id="a known secondary handle",
        ),
        pytest.param(
            [proven("email", "a@x.test")],
            [claimed("visitor", "v1"), proven("email", "a@x.test")],
            1,
            0,
            id="a proven secondary handle of an unknown visitor",
        ),
    ],
)
@pytest.mark.parametrize("in_one_batch", [False, True])
async def test_what_two_sightings_mean(
    conn: Conn,
    first: list[SeenHandle],
    second: list[SeenHandle],
    expected_roots: int,
    expected_doubts: int,
    in_one_batch: bool,
) -> None:
    if in_one_batch:
        await resolve(conn, seen(*first), seen(*second))
    else:
        await one(conn, *first)
        await one(conn, *second)
    assert await roots(conn) == expected_roots
    assert await doubts(conn) == expected_doubts


async def test_two_proofs_in_one_sighting_join_and_can_be_undone_for_good(conn: Conn) -> None:
    phone = await one(conn, proven("phone", "+12025550100"), name="Anna")
    telegram = await one(conn, proven("telegram", "7"))
    both = (proven("telegram", "7"), proven("phone", "+12025550100"))
    joined = await one(conn, *both)
    assert (joined.contact_id, joined.root_id) == (telegram.contact_id, phone.contact_id)
    assert joined.name == "Anna"
    merge = await conn.fetchrow("SELECT id, reason FROM crm_merge")
    assert merge is not None
    assert english_of(merge["reason"]) == "Same proven phone: +12025550100"
    async with conn.transaction():
        await contacts.unmerge(conn, SYSTEM, merge["id"])
    again = await one(conn, *both)
    assert again.root_id == telegram.contact_id, "what a person took apart is not joined again"
    assert await doubts(conn) == 1


async def test_the_thread_tells_who_it_is_and_only_suggests_the_rest(conn: Conn) -> None:
    anna = await one(conn, proven("email", "anna@x.test"))
    bob = await one(conn, proven("email", "bob@x.test"))
    answer = await one(conn, proven("email", "bob@x.test"), contact_id=anna.contact_id)
    assert answer.contact_id == anna.contact_id
    assert (await roots(conn), await doubts(conn)) == (2, 1)
    home = await one(conn, proven("email", "anna@home.test"), contact_id=anna.contact_id)
    assert home.contact_id == anna.contact_id
    assert (await one(conn, proven("email", "anna@home.test"))).contact_id != anna.contact_id, (
        "a thread is no proof"
    )
    assert bob.contact_id != anna.contact_id


async def test_a_claim_becomes_a_proof(conn: Conn) -> None:
    visitor = await one(conn, proven("visitor", "v1"), claimed("email", "a@x.test"))
    await one(conn, proven("visitor", "v1"), proven("email", "a@x.test", "signed_visitor"))
    row = await conn.fetchrow("SELECT contact_id, trust, evidence FROM crm_handle WHERE kind = 'email'")
    assert row is not None
    assert tuple(row) == (visitor.contact_id, "proven", "signed_visitor")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["", "Anna"], "Anna"),
        (["anna@x.test", "Anna"], "Anna"),
        (["+855 12 345 678", "Anna"], "Anna"),
        (["Anna", "Anna Smith"], "Anna"),
        (["Anna", "anna@x.test"], "Anna"),
        (["‮nafets‬\x00 Mallory\n", ""], "nafets Mallory"),
        (["សុខា", ""], "សុខា"),
    ],
)
async def test_names_fill_what_is_empty_and_carry_no_tricks(
    conn: Conn, names: list[str], expected: str
) -> None:
    for name in names:
        last = await one(conn, proven("telegram", "7"), name=name)
    assert last.name == expected
    assert (await contacts.get(conn, SYSTEM, last.contact_id)).name == expected


async def test_a_name_that_a_person_typed_stays(conn: Conn) -> None:
    anna = await one(conn, proven("telegram", "7"), name="")
    await contacts.update(conn, SYSTEM, anna.contact_id, ContactChanges(name="12"))
    assert (await one(conn, proven("telegram", "7"), name="Anna")).name == "12"


async def test_a_mail_domain_links_the_company_but_free_mail_does_not(conn: Conn) -> None:
    company = await conn.fetchval(
        "INSERT INTO crm_company (name, domain) VALUES ('Acme', 'acme.test') RETURNING id"
    )
    await conn.execute("INSERT INTO crm_company (name, domain) VALUES ('Trap', 'gmail.com')")
    telegram = await one(conn, proven("telegram", "7"))
    await one(conn, proven("telegram", "7"), proven("email", "a@acme.test"))
    other = await one(conn, proven("email", "b@acme.test"))
    free = await one(conn, proven("email", "b@gmail.com"))
    found = [(await contacts.get(conn, SYSTEM, one.contact_id)).company_id for one in (telegram, other, free)]
    assert found == [company, company, None]


async def test_a_batch_costs_a_handful_of_statements(conn: Conn) -> None:
    await one(conn, proven("telegram", "1"))  # the driver asks for types once a connection
    people = [seen(proven("email", f"p{n}@x{n}.test"), name=f"Person {n}") for n in range(200)]
    for batch, most in ((people, 3), (people, 1)):
        async with conn.transaction(), counted(conn) as statements:
            found = await contacts.resolve(conn, batch)
        assert len(statements) <= most, statements
    assert len({person.contact_id for person in found}) == 200
    mixed = [seen(claimed("visitor", f"v{n}"), claimed("email", f"p{n}@x{n}.test")) for n in range(200)]
    for most in (4, 1):
        async with conn.transaction(), counted(conn) as statements:
            await contacts.resolve(conn, mixed)
        assert len(statements) <= most, statements
    assert await doubts(conn) == 200


async def test_a_fact_tells_of_each_new_contact(conn: Conn) -> None:
    await resolve(conn, *(seen(proven("telegram", str(n % 3))) for n in range(9)))
    facts = await conn.fetch("SELECT contact_id FROM crm_activity WHERE kind = 'contact.created'")
    assert len({fact["contact_id"] for fact in facts}) == len(facts) == 3


async def test_learning_claims_an_address_names_the_nameless_and_keeps_fields(conn: Conn) -> None:
    anna = await one(conn, proven("email", "anna@x.test"))
    bot = await one(conn, proven("telegram", "7"))
    for field, value in (
        ("email", "ANNA@x.test"),
        ("name", "Anna"),
        ("city", "Phnom Penh"),
        ("phone", "+12025550100"),
    ):
        for _ in range(2):
            await contacts.enrich(conn, bot.contact_id, field=field, value=value, evidence="typed")
    found = await contacts.get(conn, SYSTEM, bot.contact_id)
    assert (found.name, found.fields) == ("Anna", {"city": "Phnom Penh"})
    assert {(handle.kind, handle.value, handle.trust) for handle in found.handles} == {
        ("telegram", "7", "proven"),
        ("email", "anna@x.test", "claimed"),
        ("phone", "+12025550100", "claimed"),
    }
    assert [one.other_id for one in await contacts.suggestions(conn, SYSTEM, bot.contact_id)] == [
        anna.contact_id
    ]


async def test_following_and_owning_survive_repeats(conn: Conn) -> None:
    a, b = await viewer(conn, "A"), await viewer(conn, "B")
    anna = await one(conn, proven("telegram", "7"))
    assert a.user_id
    assert b.user_id
    for who in (a, a, b):
        await contacts.own(conn, [(anna.contact_id, who.user_id or 0)])
        await contacts.share(conn, [(anna.contact_id, who.user_id or 0)])
    assert await contacts.owners(conn, [anna.contact_id]) == {anna.contact_id: a.user_id}
    assert (await contacts.get(conn, b, anna.contact_id)).owner_id == a.user_id
