"""A field of every type, made on its page, works at once in the form, the card, the list, the filter, the history and the API."""

from __future__ import annotations

import json
from html import escape
from typing import Any
from urllib.parse import urlencode

import pytest

from crm_core.contacts import service as contacts
from crm_core.fields import service as fields
from crm_core.users.model import User, Viewer
from hub.catalogue import current, terms
from hub.settings import Settings
from hub.web.admin.fields import TYPE_LABELS
from tests.site import CSRF, Site, texts
from values.fields.model import FieldType
from values.filters.binding import bind
from values.filters.reading import read

TYPED: dict[FieldType, tuple[str, str]] = {
    FieldType.TEXT: ("blue <b>", "blue <b>"),
    FieldType.LONG_TEXT: ("two\nlines", "two"),
    FieldType.NUMBER: ("1250.5", "1,250.5"),
    FieldType.MONEY: ("99.50 USD", "99.50"),
    FieldType.DATE: ("2026-05-31", "31"),
    FieldType.ANNIVERSARY: ("--05-31", "May 31"),
    FieldType.TIME: ("2026-05-31T08:30", "31"),
    FieldType.YES_NO: ("yes", "Yes"),
    FieldType.LINK: ("https://example.test/a", "example.test/a"),
    FieldType.MAIL: ("Dara@Example.test", "dara@example.test"),
    FieldType.PHONE: ("+85512345678", "+855 12 345 678"),
}
"""What is typed, and what the card shows of it. Those with options, and those that point at records, are put together."""


async def post(site: Site, user: User, path: str, **form: str) -> tuple[int, str]:
    client = await site.client(user)
    async with client.post(path, data={"csrf": CSRF, **form}) as answer:
        return answer.status, await answer.text()


async def seen(site: Site, user: User, path: str) -> str:
    client = await site.client(user)
    async with client.get(path) as answer:
        assert answer.status == 200, path
        return await answer.text()


async def typed_for(site: Site, type_: FieldType, dara: User, key: str) -> tuple[dict[str, str], str]:
    """The form's values, and what is to be seen of them."""
    name = f"fields.{key}"
    if type_ in TYPED:
        typed, shown = TYPED[type_]
        return {name: typed}, shown
    async with site.world.pool.acquire() as conn, conn.transaction():
        if type_ in (FieldType.CHOICE, FieldType.CHOICES):
            own = (await fields.own(conn)).living("contact")
            option = next(each for each in own if each.key == key).options[1]
            if type_ is FieldType.CHOICE:
                return {name: str(option.id)}, "large"
            return {name: "", f"{name}.{option.id}": "1"}, "large"
        if type_ is FieldType.USER:
            return {name: str(dara.id)}, "Dara"
        other = await contacts.create(conn, Viewer.of(dara), name="Pointed At", handles=[])
        if type_ is FieldType.PERSON:
            return {name: str(other)}, "Pointed At"
        from crm_core.companies import service as companies
        from crm_core.deals import service as deals

        if type_ is FieldType.COMPANY:
            return {
                name: str(await companies.create(conn, Viewer.of(dara), name="Pointed Ltd"))
            }, "Pointed Ltd"
        deal = await deals.create(conn, Viewer.of(dara), contact_id=other, title="Pointed deal")
        return {name: str(deal)}, "Pointed deal"


@pytest.mark.parametrize("type_", list(TYPE_LABELS))
async def test_a_new_field_works_everywhere_at_once(site: Site, type_: FieldType) -> None:
    admin, _ = await site.world.user("Boss", role="admin")
    dara, _ = await site.world.user("Dara", is_available=False)
    made = {"object": "contact", "type": type_.value, "label": "Odd thing"}
    if type_ in (FieldType.CHOICE, FieldType.CHOICES):
        made["options"] = "small, large"
    status, page = await post(site, admin, "/fields", **made)
    assert (status, "Odd thing" in page) == (200, True)
    async with site.world.pool.acquire() as conn, conn.transaction():
        contact = await contacts.create(conn, Viewer.of(dara), name="Anna", handles=[])
        await contacts.create(conn, Viewer.of(dara), name="Nobody", handles=[])
    form, shown = await typed_for(site, type_, dara, "x_odd_thing")
    status, page = await post(site, dara, f"/contacts/{contact}", name="Anna", **form)
    assert status == 200, texts(page)
    card = await seen(site, dara, f"/contacts/{contact}")
    assert "Odd thing" in card
    typed = next(iter(form.values()))
    assert any(escape(each) in card for each in (shown, typed)), "it stands in the form"
    assert "Odd thing" in texts(await seen(site, dara, f"/contacts/{contact}/changes"))
    filled: Any = {"all": [["contact.x_odd_thing", "filled"]]}
    query = urlencode({"filter": json.dumps(filled), "columns": "contact.name,contact.x_odd_thing"})
    rows = texts(
        (await seen(site, dara, f"/contacts?{query}")).partition("<tbody")[2].partition("</tbody")[0]
    )
    assert "Anna" in rows
    assert "Nobody" not in rows
    assert shown in rows
    async with site.world.pool.acquire() as conn:
        told = (await contacts.get(conn, Viewer.of(dara), contact)).fields
        assert set(told) == {"x_odd_thing"}
        catalogue = await current(conn)
        bind(read(filled), "contact", terms(Settings(), catalogue))
    status, page = await post(site, dara, f"/contacts/{contact}", name="Anna", **{"fields.x_odd_thing": ""})
    async with site.world.pool.acquire() as conn:
        assert (await contacts.get(conn, Viewer.of(dara), contact)).fields == {}, "it is emptied again"


@pytest.mark.parametrize(
    ("type_", "typed"),
    [
        (FieldType.NUMBER, "many"),
        (FieldType.DATE, "2026-02-30"),
        (FieldType.MONEY, "much"),
        (FieldType.MAIL, "nobody"),
        (FieldType.LINK, "javascript:alert(1)"),
        (FieldType.PERSON, "999999"),
    ],
)
async def test_what_is_no_value_is_told_below_the_field_and_kept(
    site: Site, type_: FieldType, typed: str
) -> None:
    admin, _ = await site.world.user("Boss", role="admin")
    await post(site, admin, "/fields", object="contact", type=type_.value, label="Odd thing")
    async with site.world.pool.acquire() as conn, conn.transaction():
        contact = await contacts.create(conn, Viewer.of(admin), name="Anna", handles=[])
    status, page = await post(
        site, admin, f"/contacts/{contact}", name="Anna B", **{"fields.x_odd_thing": typed}
    )
    assert status == 422
    assert typed in page
    async with site.world.pool.acquire() as conn:
        assert (await contacts.get(conn, Viewer.of(admin), contact)).name == "Anna"


async def test_only_who_may_makes_fields(site: Site) -> None:
    dara, _ = await site.world.user("Dara")
    status, _ = await post(site, dara, "/fields", object="contact", type="text", label="Odd thing")
    assert status == 403
