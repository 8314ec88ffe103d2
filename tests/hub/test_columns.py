"""Columns of lists: every declared field gives its value, references their names, and hops are cut by what the viewer sees."""

from __future__ import annotations

from datetime import datetime

import pytest

from crm_core.catalogue.columns import Named, Row, places, rows
from crm_core.contacts import service as contacts
from crm_core.contacts.model import ContactChanges
from crm_core.deals import service as deals
from crm_core.deals.model import DealChanges
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM, Viewer
from hub.catalogue import CATALOGUE
from tests.crm_core.made import counted, viewer
from values.errors import Invalid
from values.fields.model import FieldType, Money


async def shown(conn: Conn, who: Viewer, of: str, ids: list[int], *paths: str) -> list[Row]:
    return await rows(conn, who, CATALOGUE, of, ids, places(CATALOGUE, of, paths))


async def a_deal(conn: Conn, who: Viewer) -> tuple[int, int]:
    contact = await contacts.create(
        conn, who, name="Dara", handles=[("phone", "+85512345678"), ("email", "dara@example.test")]
    )
    await contacts.update(conn, who, contact, ContactChanges(tags=["vip", "new"]))
    deal = await deals.create(conn, who, contact_id=contact, title="Flat", amount=990_050, currency="USD")
    return contact, deal


@pytest.mark.parametrize("of", CATALOGUE)
async def test_every_field_is_a_column(conn: Conn, of: str) -> None:
    who = await viewer(conn, "Anna")
    contact, deal = await a_deal(conn, who)
    paths = [f"{of}.{key}" for key in CATALOGUE[of].fields]
    found = await shown(conn, who, of, [1, contact, deal], *paths)
    assert all(len(row.values) == len(paths) for row in found)


async def test_values_have_the_types_of_their_fields(conn: Conn) -> None:
    who = await viewer(conn, "Anna")
    contact, deal = await a_deal(conn, who)
    paths = ("contact.name", "contact.phone", "contact.mail", "contact.tags", "contact.owner", "contact.note")
    [row] = await shown(conn, who, "contact", [contact], *paths)
    assert row.values[:3] == ("Dara", "+85512345678", "dara@example.test")
    assert set(row.values[3]) == {"vip", "new"}  # type: ignore[arg-type]
    assert row.values[4:] == (Named(who.user_id or 0, "Anna"), None)
    paths = (
        "deal.title",
        "deal.amount",
        "deal.contact",
        "deal.contact.owner",
        "deal.stage",
        "deal.created_at",
    )
    [row] = await shown(conn, who, "deal", [deal], *paths)
    assert row.values[:3] == ("Flat", Money(minor=990_050, currency="USD"), Named(contact, "Dara"))
    assert row.values[3] == Named(who.user_id or 0, "Anna")
    assert isinstance(row.values[4], Named)
    assert row.values[4].name
    assert isinstance(row.values[5], datetime)


async def test_rows_keep_the_order_of_their_ids_in_one_statement(conn: Conn) -> None:
    ids = [await contacts.create(conn, SYSTEM, name=f"Nr. {n}", handles=[]) for n in range(5)]
    asked = [ids[3], ids[0], 10**9, ids[4]]
    async with counted(conn) as statements:
        found = await shown(conn, SYSTEM, "contact", asked, "contact.name", "contact.owner.name")
    assert [row.id for row in found] == [ids[3], ids[0], ids[4]]
    assert len(statements) == 1


async def test_a_hop_is_cut_by_what_the_viewer_sees(conn: Conn) -> None:
    anna, boris = await viewer(conn, "Anna"), await viewer(conn, "Boris")
    contact, deal = await a_deal(conn, anna)
    await deals.update(conn, SYSTEM, deal, DealChanges(owner_id=boris.user_id))
    await contacts.update(conn, SYSTEM, contact, ContactChanges(owner_id=anna.user_id))
    await conn.execute("DELETE FROM crm_follower")
    [row] = await shown(conn, boris, "deal", [deal], "deal.title", "deal.contact.name", "deal.contact")
    assert row.values == ("Flat", None, Named(contact, ""))
    assert await shown(conn, boris, "contact", [contact], "contact.name") == []


@pytest.mark.parametrize(
    "path",
    ["name", "deal.title", "contact", "contact.nothing", "contact.deals.title", "contact.owner.owner.owner"],
)
def test_a_wrong_path_is_told(path: str) -> None:
    with pytest.raises(Invalid):
        places(CATALOGUE, "contact", [path])


def test_too_many_columns_are_told() -> None:
    with pytest.raises(Invalid):
        places(CATALOGUE, "contact", ["contact.name"] * 61)


def test_what_is_only_shown_is_not_asked() -> None:
    assert {each.key for each in CATALOGUE["contact"].fields.values() if not each.is_asked} == {
        "phone",
        "mail",
    }
    assert CATALOGUE["contact"].fields["phone"].type is FieldType.PHONE
