"""Two who edit the same thing: the second is shown both values, field by field, and nothing is overwritten silently."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from html import unescape

import aiohttp
import pytest

from tests.site import CSRF, Site, texts

BASE = {
    "deal": {
        "title": "Two bikes",
        "amount": "100",
        "currency": "USD",
        "owner_id": "",
        "company": "",
        "note": "",
    },
    "contact": {"name": "Bopha", "company": "", "owner_id": "", "language": "", "tags": "", "note": ""},
    "company": {"name": "Acme", "domain": "", "phone": "", "owner_id": "", "note": ""},
    "task": {"title": "Send it", "kind": "task", "note": "", "assignee_id": "", "due_at": "", "remind": "0"},
    "canned": {"shortcut": "price", "title": "Price", "text": "Four", "language": "", "is_shared": "1"},
}
CHANGED = {
    "deal": ("title", "amount", "777", "$777"),
    "contact": ("name", "note", "likes blue", "likes blue"),
    "company": ("name", "phone", "012345678", "012345678"),
    "task": ("title", "note", "by mail", "by mail"),
    "canned": ("title", "text", "Five", "Five"),
}
"""The field both change, and one more with what only the first sets it to."""


MERGED = ("deal", "contact", "company", "task")
"""Records: different fields of theirs are merged, the same ones are chosen from."""


async def made(site: Site, kind: str) -> str:
    """The address of a new one."""
    await site.conversation("Hello", name="Bopha")
    contact = await site.world.value("SELECT max(id) FROM crm_contact")
    row = {
        "deal": "INSERT INTO crm_deal (contact_id, pipeline_id, stage_id, title, amount) SELECT $1, 1, 1, 'Two bikes', 10000",
        "contact": "SELECT $1::bigint AS id",
        "company": "INSERT INTO crm_company (name) SELECT 'Acme' WHERE $1::bigint > 0",
        "task": "INSERT INTO crm_task (title, contact_id) VALUES ('Send it', $1)",
        "canned": "INSERT INTO inbox_canned (shortcut, title, text) SELECT 'price', 'Price', 'Four' WHERE $1::bigint > 0",
    }[kind]
    id_ = await site.world.value(row if kind == "contact" else f"{row} RETURNING id", contact)
    plural = {"company": "companies", "canned": "canned"}.get(kind, f"{kind}s")
    return f"/{plural}/{id_}"


async def version(client: aiohttp.ClientSession, address: str) -> str:
    async with client.get(address) as answer:
        html = await answer.text()
        assert answer.status == 200
    found = re.search(r'name="version" value="(\w+)"', html)
    assert found, "the form carries the version that it shows"
    return found[1]


async def save(client: aiohttp.ClientSession, address: str, fields: Mapping[str, str]) -> tuple[int, str]:
    data = dict(fields) | {"csrf": CSRF}
    async with client.post(address, data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("kind", list(BASE))
async def test_the_second_of_two_saves_is_shown_both_values(site: Site, kind: str) -> None:
    one, _ = await site.world.user("Sokha", role="admin", is_available=False)
    two, _ = await site.world.user("Olga", role="admin", is_available=False)
    first, second = await site.client(one), await site.client(two)
    address = await made(site, kind)
    both, only, value, shown = CHANGED[kind]
    seen_one, seen_two = await version(first, address), await version(second, address)
    assert seen_one == seen_two
    status, _ = await save(first, address, BASE[kind] | {both: "By Sokha", only: value, "version": seen_one})
    assert status == 303
    status, html = await save(second, address, BASE[kind] | {both: "By Olga", "version": seen_two})
    assert status == 409
    assert "Saved meanwhile: By Sokha" in texts(html)
    assert 'value="By Olga"' in html, "what was typed stays in the form"
    if kind in MERGED:
        assert f"Before: {BASE[kind][both]}. Saved meanwhile: By Sokha" in texts(html)
        assert "Saved meanwhile: " + value not in texts(html), (
            "what only the other one changed needs no choice"
        )
        assert value in unescape(html), "it is in the form as they saved it"
    else:
        assert "Saved meanwhile: " + value in texts(html), (
            "also fields that only the other one changed are named"
        )
    assert "while you were editing" in texts(html)
    async with first.get(address) as answer:
        assert 'value="By Sokha"' in await answer.text(), "nothing was overwritten"
    found = re.search(r'name="version" value="(\w+)"', html)
    assert found
    status, _ = await save(second, address, BASE[kind] | {both: "By Olga", only: value, "version": found[1]})
    assert status == 303
    async with first.get(address) as answer:
        after = unescape(await answer.text())
    assert 'value="By Olga"' in after
    assert value in after
    if kind in ("deal", "contact"):
        async with first.get(f"{address}/card") as answer:
            history = texts(await answer.text())
        assert "By Sokha → By Olga" in history
        assert re.search(rf"(empty|\$100(\.00)?) → {re.escape(shown)}", history), history


@pytest.mark.parametrize("kind", MERGED)
async def test_different_fields_are_merged_without_asking(site: Site, kind: str) -> None:
    one, _ = await site.world.user("Sokha", role="admin", is_available=False)
    two, _ = await site.world.user("Olga", role="admin", is_available=False)
    first, second = await site.client(one), await site.client(two)
    address = await made(site, kind)
    both, only, value, _ = CHANGED[kind]
    seen = await version(first, address)
    assert (await save(first, address, BASE[kind] | {only: value, "version": seen}))[0] == 303
    assert (await save(second, address, BASE[kind] | {both: "By Olga", "version": seen}))[0] == 303
    async with first.get(address) as answer:
        html = unescape(await answer.text())
    assert 'value="By Olga"' in html
    assert value in html


@pytest.mark.parametrize("kind", MERGED)
async def test_theirs_can_be_taken_for_a_field_that_both_changed(site: Site, kind: str) -> None:
    one, _ = await site.world.user("Sokha", role="admin", is_available=False)
    client = await site.client(one)
    address = await made(site, kind)
    both = CHANGED[kind][0]
    seen = await version(client, address)
    assert (await save(client, address, BASE[kind] | {both: "First", "version": seen}))[0] == 303
    status, html = await save(client, address, BASE[kind] | {both: "Second", "version": seen})
    assert status == 409
    assert f'name="theirs.{both}"' in html
    found = re.search(r'name="version" value="(\w+)"', html)
    assert found
    chosen = BASE[kind] | {both: "Second", f"theirs.{both}": "1", "version": found[1]}
    assert (await save(client, address, chosen))[0] == 303
    async with client.get(address) as answer:
        assert 'value="First"' in await answer.text()


@pytest.mark.parametrize("kind", list(BASE))
async def test_of_two_saves_at_the_same_moment_one_is_asked(site: Site, kind: str) -> None:
    one, _ = await site.world.user("Sokha", role="admin", is_available=False)
    first, second = await site.client(one), await site.client(one)
    address = await made(site, kind)
    seen = await version(first, address)
    both = CHANGED[kind][0]
    answers = await asyncio.gather(
        save(first, address, BASE[kind] | {both: "One", "version": seen}),
        save(second, address, BASE[kind] | {both: "Two", "version": seen}),
    )
    assert sorted(status for status, _ in answers) == [303, 409]


@pytest.mark.parametrize("kind", list(BASE))
async def test_a_form_on_what_still_stands_is_saved(site: Site, kind: str) -> None:
    one, _ = await site.world.user("Sokha", role="admin", is_available=False)
    client = await site.client(one)
    address = await made(site, kind)
    for n in range(3):
        fields = BASE[kind] | {CHANGED[kind][0]: f"Time {n}", "version": await version(client, address)}
        assert (await save(client, address, fields))[0] == 303


async def test_settings_of_people_channels_and_the_bot_are_guarded_too(site: Site) -> None:
    admin, _ = await site.world.user("Sokha", role="admin", is_available=False)
    maly, _ = await site.world.user("Maly", is_available=False)
    client = await site.client(admin)
    async with client.get("/rules") as answer:
        found = re.search(r'<textarea[^>]*name="source"[^>]*>\n(.*?)</textarea>', await answer.text(), re.S)
    assert found
    source = unescape(found[1])
    person = {"name": "Maly", "email": maly.email, "role": "manager", "language": "en", "timezone": "UTC"}
    person |= {"extension": "", "capacity": "50"}
    channel = {"name": "Sink", "language": "en", "region": "", "bot": "1", "action": "anyway"}
    cases = (
        (f"/users/{maly.id}", person, "extension", "101", "102"),
        ("/channels/sink", channel, "name", "First name", "Second name"),
        ("/rules", {"source": source}, "source", source + "# one\n", source + "# two\n"),
    )
    for address, fields, name, one, two in cases:
        seen = await version(client, address)
        assert (await save(client, address, fields | {name: one, "version": seen}))[0] == 303, address
        status, html = await save(client, address, fields | {name: two, "version": seen})
        assert status == 409, address
        assert one.strip().splitlines()[-1] in texts(html), address
        assert two.strip().splitlines()[-1] in unescape(html), address
        found = re.search(r'name="version" value="(\w+)"', html)
        assert found
        assert (await save(client, address, fields | {name: two, "version": found[1]}))[0] == 303, address
