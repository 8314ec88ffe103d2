"""Saved views: kept, shared, renamed, put in order, let go and brought back."""

from __future__ import annotations

import json

import aiohttp

from tests.hub.web.conftest import Desk
from tests.hub.web.lists.test_page import text
from tests.site import CSRF

FILTER = json.dumps({"all": [["contact.name", "contains", "sok"]]})


async def post(client: aiohttp.ClientSession, path: str, **fields: str) -> tuple[int, str]:
    async with client.post(path, data={"csrf": CSRF, **fields}, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "")


async def kept(desk: Desk, name: str = "Soks", **more: str) -> str:
    status, place = await post(
        desk.client,
        "/lists/contact/views",
        name=name,
        filter=FILTER,
        columns="contact.name,contact.owner",
        order="name",
        **more,
    )
    assert status == 303, place
    return place


async def test_a_view_is_kept_and_opened(desk: Desk) -> None:
    found = await text(desk.client, await kept(desk))
    assert "Soks" in found
    assert "Name contains sok" in found
    assert 'aria-sort="ascending"' in found
    assert "changed" not in found
    assert "Soks" not in await text(desk.colleague, "/contacts")


async def test_a_departure_is_told_and_can_be_kept(desk: Desk) -> None:
    place = await kept(desk)
    assert "changed" in await text(desk.client, f"{place}&order=-name")
    id_ = place.partition("=")[2]
    saved = await post(
        desk.client, f"/lists/views/{id_}", filter=FILTER, columns="contact.name", order="-name"
    )
    assert saved == (303, place)
    assert 'aria-sort="descending"' in await text(desk.client, place)


async def test_a_shared_view_is_everybodys_to_look_at(desk: Desk) -> None:
    place = await kept(desk, shared="1")
    found = await text(desk.colleague, place)
    assert "Soks" in found
    assert "shared by Dara" in found
    id_ = place.partition("=")[2]
    for verb in ("", "/name", "/removal"):
        status, _ = await post(desk.colleague, f"/lists/views/{id_}{verb}", name="Mine", filter="{}")
        assert status == 403, verb


async def test_a_view_is_renamed_deleted_and_brought_back(desk: Desk) -> None:
    place = await kept(desk)
    id_ = place.partition("=")[2]
    await post(desk.client, f"/lists/views/{id_}/name", name="Li")
    assert ">Li<" in await text(desk.client, place)
    _, gone = await post(desk.client, f"/lists/views/{id_}/removal")
    found = await text(desk.client, gone)
    assert ">Li<" not in found
    assert f"/lists/views/{id_}/restoration" in found
    await post(desk.client, f"/lists/views/{id_}/restoration")
    assert ">Li<" in await text(desk.client, "/contacts")


async def test_views_are_put_in_order(desk: Desk) -> None:
    first, second = await kept(desk, "First"), await kept(desk, "Second")
    found = await text(desk.client, second)
    assert found.index(">First<") < found.index(">Second<")
    ids = ",".join(place.partition("=")[2] for place in (second, first))
    await post(desk.client, "/lists/contact/views/order", ids=ids)
    found = await text(desk.client, "/contacts")
    assert found.index(">Second<") < found.index(">First<")


async def test_what_cannot_be_kept_is_told(desk: Desk) -> None:
    for fields in (
        {"name": " ", "filter": FILTER},
        {"name": "x" * 61, "filter": FILTER},
        {"name": "Bad", "filter": "{"},
        {"name": "Bad", "filter": json.dumps({"all": [["contact.x_gone", "empty"]]})},
    ):
        assert (await post(desk.client, "/lists/contact/views", **fields))[0] == 422, fields


async def test_the_builder_learns_fields_choices_and_names(desk: Desk) -> None:
    async with desk.client.get("/lists/deal/fields") as answer:
        told = await answer.json()
    fields = {field["key"]: field for field in told["objects"]["deal"]["fields"]}
    assert [words for _, words in fields["stage"]["choices"]]
    assert ["=", "money"] in fields["amount"]["ops"]
    assert ["during", "period"] in fields["closed_at"]["ops"]
    for path, name in (("/lists/contact/find?q=sok", "Sok Li"), ("/lists/deal/find?q=oak", "Oak table")):
        async with desk.client.get(path) as answer:
            assert [each["name"] for each in await answer.json()] == [name]
        async with desk.colleague.get(path) as answer:
            assert await answer.json() == []
