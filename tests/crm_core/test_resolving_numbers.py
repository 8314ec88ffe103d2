"""Telephone numbers of one person: several in a field, the old and the new form of a line, what a messenger writes."""

from __future__ import annotations

import pytest

from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from tests.crm_core.made import claimed, one, proven, resolve, seen
from values.errors import Invalid


async def roots(conn: Conn) -> int:
    return await conn.fetchval("SELECT count(*) FROM crm_contact WHERE merged_into IS NULL")


async def doubts(conn: Conn) -> int:
    return await conn.fetchval("SELECT count(*) FROM crm_suggestion WHERE state = 'open'")


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


@pytest.mark.parametrize("number", ["+5215512345699", "+552187654399", "+85512345678"])
async def test_who_is_known_by_a_providers_own_form_of_a_number_is_vouched_for(
    conn: Conn, number: str
) -> None:
    who = await one(conn, proven("phone", number))
    asked = (who.contact_id, "phone", number)
    assert await contacts.vouched(conn, [asked]) == {asked}
    assert await contacts.proven_at(conn, [asked]) == {asked}
    assert await contacts.holders(conn, [("phone", number)]) == {("phone", number): who.contact_id}
