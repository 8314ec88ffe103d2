"""Promise 4 at its source: who a sighting is, alone, in a batch and against other transactions."""

from __future__ import annotations

import asyncio

import pytest

from crm_core.contacts import service as contacts
from crm_core.contacts.model import SeenHandle
from crm_core.errors import Invalid
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from hub.database import Pool
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
        await contacts.unmerge(conn, merge["id"])
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
    await contacts.update(conn, SYSTEM, anna.contact_id, name="12")
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


async def test_racing_secondary_proofs_end_with_one_owner(pool: Pool) -> None:
    """Callers lock the first handle only; here many transactions prove the same second one at once."""

    async def arrive(n: int) -> int:
        async with pool.acquire() as conn, conn.transaction():
            identity = seen(proven("telegram", str(n)), proven("phone", "+12025550100"))
            return (await contacts.resolve(conn, [identity]))[0].contact_id

    found = await asyncio.gather(*(arrive(n) for n in range(12)))
    async with pool.acquire() as conn:
        assert await roots(conn) == 1
        assert len(set(found)) == 1
        assert await conn.fetchval("SELECT count(*) FROM crm_handle") == 13
        assert await conn.fetchval("SELECT count(*) FROM crm_activity WHERE kind = 'contact.created'") == 1


async def test_the_loser_of_a_race_takes_back_what_it_wrote(pool: Pool) -> None:
    """The winner is held open between its insert and its commit, so that the loser must wait and decide anew."""
    async with pool.acquire() as first, pool.acquire() as second, pool.acquire() as watcher:
        winner = first.transaction()
        await winner.start()
        won = (await contacts.resolve(first, [seen(proven("phone", "+12025550100"), name="Winner")]))[0]

        async def lose() -> list[tuple[int, str]]:
            async with second.transaction():
                batch = [
                    seen(proven("telegram", "7"), proven("phone", "+12025550100")),
                    seen(proven("telegram", "8")),
                ]
                return [(one.contact_id, one.name) for one in await contacts.resolve(second, batch)]

        losing = asyncio.create_task(lose())
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        for _ in range(500):
            if await watcher.fetchval(waits):
                break
            await asyncio.sleep(0.01)
        else:
            pytest.fail("the loser never waited")
        await winner.commit()
        lost = await losing
        assert lost[0] == (won.contact_id, "Winner")
        assert await roots(watcher) == 2
        assert await watcher.fetchval("SELECT count(*) FROM crm_handle") == 3


async def test_racing_upgrades_of_one_claim_end_with_one_owner(pool: Pool) -> None:
    async with pool.acquire() as conn:
        visitors = [
            await one(conn, claimed("visitor", f"v{n}"), claimed("email", "a@x.test")) for n in range(6)
        ]

    async def sign(n: int) -> int:
        async with pool.acquire() as conn, conn.transaction():
            identity = seen(proven("email", "a@x.test"), contact_id=visitors[n].contact_id)
            return (await contacts.resolve(conn, [identity]))[0].contact_id

    assert await asyncio.gather(*(sign(n) for n in range(6))) == [one.contact_id for one in visitors]
    async with pool.acquire() as conn:
        assert await conn.fetchval("SELECT count(*) FROM crm_handle WHERE trust = 'proven'") == 1
        assert await conn.fetchval("SELECT count(*) FROM crm_handle WHERE kind = 'email'") == 6


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


async def test_two_numbers_in_one_field_are_two_addresses(conn: Conn) -> None:
    id_ = await contacts.create(
        conn, SYSTEM, name="Sok", handles=[("phone", "012 345 678 / 098-765-432")], region="KH"
    )
    found = await conn.fetch("SELECT value FROM crm_handle WHERE contact_id = $1 ORDER BY id", id_)
    assert [row["value"] for row in found] == ["+85512345678", "+85598765432"]
    noted = await contacts.create(
        conn, SYSTEM, name="Sok", handles=[("phone", "012 345 679 / later")], region="KH"
    )
    assert (await contacts.get(conn, SYSTEM, noted)).values("phone") == ["+85512345679"]
    with pytest.raises(Invalid):
        await contacts.create(conn, SYSTEM, name="Sok", handles=[("phone", "12 345 / later")], region="KH")


@pytest.mark.parametrize(
    ("typed", "provider_says"),
    [
        pytest.param("+55 21 98765-4399", "+552187654399", id="Brazil's ninth digit"),
        pytest.param("(21) 8765-4399", "+5521987654399", id="Brazil, an old address book"),
        pytest.param("+52 55 1234 5699", "+5215512345699", id="Mexico's 1"),
        pytest.param("+54 11 15 2345 6799", "+5491123456799", id="Argentina's 15"),
        pytest.param("+54 11 2345 6799", "+5491123456799", id="Argentina without the 9"),
        pytest.param("+225 07 07 12 34 56", "+22507123456", id="Ivory Coast's ten digits"),
        pytest.param("+229 01 97 12 34 56", "+22997123456", id="Benin's 01"),
        pytest.param("+84 38 123 4567", "+841681234567", id="Vietnam's mobiles"),
    ],
)
async def test_a_line_in_its_old_and_new_form_is_suggested(
    conn: Conn, typed: str, provider_says: str
) -> None:
    await contacts.create(conn, SYSTEM, name="Known", handles=[("phone", typed)], region="BR")
    await one(conn, proven("phone", provider_says), name="From the provider")
    assert (await roots(conn), await doubts(conn)) == (2, 1)


async def test_a_typed_number_is_suggested_beside_the_old_form_of_its_line(conn: Conn) -> None:
    writer = await one(conn, proven("phone", "+5215512345699"))
    await contacts.create(conn, SYSTEM, name="Maria", handles=[("phone", "+52 55 1234 5699")])
    await contacts.create(conn, SYSTEM, name="Other", handles=[("phone", "+52 55 1234 5698")])
    assert await doubts(conn) == 1
    guest = await one(conn, claimed("email", "m@x.test"), claimed("phone", "+525512345699"))
    assert guest.root_id != writer.root_id
    assert await doubts(conn) == 3, "with the writer and with Maria"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("+552187654399", "+5521987654399"),
        ("+5521987654399", "+552187654399"),
        ("+525512345699", "+5215512345699"),
        ("+22507123456", "+2250707123456"),
    ],
)
async def test_who_wrote_and_who_calls_from_one_line_is_one(conn: Conn, first: str, second: str) -> None:
    writer = await one(conn, proven("phone", first))
    caller = await one(conn, proven("phone", second))
    assert (caller.contact_id, await doubts(conn)) == (writer.contact_id, 0)
    values = await conn.fetch("SELECT value FROM crm_handle WHERE kind = 'phone'")
    assert {row["value"] for row in values} == {first, second}, (
        "an answer goes to the form that the provider knows"
    )


async def test_in_one_batch_too(conn: Conn) -> None:
    found = await resolve(
        conn, seen(proven("phone", "+552187654399")), seen(proven("phone", "+5521987654399"))
    )
    assert found[0].contact_id == found[1].contact_id


async def test_a_landline_and_a_mobile_of_brazil_are_two(conn: Conn) -> None:
    landline = await one(conn, proven("phone", "+552133654399"))
    mobile = await one(conn, proven("phone", "+5521933654399"))
    assert landline.contact_id != mobile.contact_id
    assert await doubts(conn) == 0
