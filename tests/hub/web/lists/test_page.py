"""The one list: columns, order, pages, conditions and words in its address."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote

import aiohttp
import pytest

from crm_core.contacts import service as contacts
from tests.hub.web.conftest import Desk

LISTS = ("/contacts", "/companies", "/deals/list", "/leads/list", "/tasks/list")


async def text(client: aiohttp.ClientSession, path: str, **headers: str) -> str:
    async with client.get(path, headers=headers) as answer:
        assert answer.status == 200, path
        return html.unescape(await answer.text())


def address(path: str, form: object, **more: str) -> str:
    rest = "".join(f"&{key}={quote(value)}" for key, value in more.items())
    return f"{path}?filter={quote(json.dumps(form))}{rest}"


@pytest.mark.parametrize("path", LISTS)
async def test_every_view_of_every_list_is_there(desk: Desk, path: str) -> None:
    found = await text(desk.client, path)
    views = re.findall(rf'href="{path}\?view=(\w+)"', found)
    assert views
    for view in views:
        assert "data-list" in await text(desk.client, f"{path}?view={view}")


async def test_name_phone_and_mail_are_seen_at_once(desk: Desk) -> None:
    found = await text(desk.client, "/contacts")
    assert "Sok Li" in found
    assert "+855 12 000 001" in found


async def test_a_related_record_is_a_column(desk: Desk) -> None:
    found = await text(desk.client, "/tasks/list?view=open&columns=task.title,task.deal.contact.name")
    assert "Deal · Contact · Name" in found
    assert "Sok Li" in found


async def test_a_filter_is_said_and_taken_away(desk: Desk) -> None:
    form = {
        "all": [
            ["contact.name", "contains", "sok"],
            ["contact.created_at", "not during", {"last": [60, "days"]}],
        ]
    }
    found = await text(desk.client, address("/contacts", form))
    assert "Name contains sok" in found
    assert "Created is not in the last 60 days" in found
    assert "Nothing found" in found
    links = re.findall(r'class="cond__x" href="([^"]+)"', found)
    assert len(links) == 2
    without = await text(desk.client, links[1])
    assert "Sok Li" in without
    assert "not in the last" not in without


async def test_a_field_that_is_gone_is_told_at_its_condition(desk: Desk) -> None:
    form = {"all": [["contact.name", "contains", "sok"], ["contact.x_gone", "=", "1"]]}
    found = await text(desk.client, address("/contacts", form))
    assert "There is no field “x_gone”" in found
    assert found.count("cond--bad") == 1
    assert "Sok Li" not in re.sub(r"<nav.*?</nav>", "", found, flags=re.DOTALL)


@pytest.mark.parametrize("given", ["{", "[]", '{"all": 1}', '{"v": 9}', "[[[[[[[["])
async def test_what_is_no_filter_is_told(desk: Desk, given: str) -> None:
    assert 'role="alert"' in await text(desk.client, f"/contacts?filter={quote(given)}")


async def test_order_and_pages(desk: Desk) -> None:
    async with desk.site.world.pool.acquire() as conn, conn.transaction():
        for n in range(60):
            await contacts.create(conn, desk.viewer, name=f"Person {n:03}")
    first = await text(desk.client, "/contacts?order=name")
    assert 'aria-sort="ascending"' in first
    assert first.index("Person 000") < first.index("Person 001")
    more = re.search(r'hx-get="([^"]+after=[^"]+)"', first)
    assert more
    rows = await text(desk.client, more[1], **{"HX-Request": "true"})
    assert "Person 055" in rows
    assert "<thead" not in rows
    without_script = await text(desk.client, more[1])
    assert "Person 055" in without_script
    assert "<thead" in without_script


async def test_the_number_of_rows(desk: Desk) -> None:
    assert ">1<" in re.sub(r"\s", "", await text(desk.client, "/lists/contact/count"))


async def test_words_find(desk: Desk) -> None:
    for path, title in (
        ("/contacts?q=sok", "Sok Li"),
        ("/deals/list?q=oak", "Oak table"),
        ("/tasks/list?q=meas", "Measure"),
    ):
        assert title in await text(desk.client, path)
    assert "Nothing found" in await text(desk.client, "/deals/list?q=nowhere")


async def test_colleagues_see_nothing_of_it(desk: Desk) -> None:
    for path in LISTS:
        found = await text(desk.colleague, path)
        for secret in ("Sok Li", "Oak table", "Measure", "Angkor"):
            assert secret not in found, (path, secret)
