"""What a user takes, over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import aiohttp
import pytest

from inbox.routing import store
from tests.hub.web.conftest import Send
from tests.site import Site

GIVEN = {
    "teams": "Billing, VIP,billing ,",
    "languages": "km, en",
    "answer_within": "5",
    "weight": "2",
    "deputy_id": "",
}


async def test_what_was_set_is_kept_and_shown(site: Site, send: Send, admin: aiohttp.ClientSession) -> None:
    anna, _ = await site.world.user("Anna")
    boris, _ = await site.world.user("Boris")
    status, _, _ = await send(f"/users/{anna.id}/routing", **{**GIVEN, "deputy_id": str(boris.id)})
    assert status == 303
    async with site.world.pool.acquire() as conn:
        about = (await store.about(conn, datetime.now(UTC)))[anna.id]
    assert (about.teams, about.languages) == (("Billing", "VIP", "billing"), ("km", "en"))
    assert (about.answer_within, about.weight) == (5, 2)
    assert about.deputy_id == boris.id
    async with admin.get(f"/users/{anna.id}/routing") as answer:
        assert answer.status == 200
        html = await answer.text()
    assert 'value="Billing, VIP, billing"' in html


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("answer_within", "-1"),
        ("answer_within", "99999"),
        ("weight", "0"),
        ("weight", "²"),
        ("deputy_id", "999999"),
        ("deputy_id", "x"),
    ],
)
async def test_what_cannot_be_is_told_at_its_field_and_changes_nothing(
    site: Site, send: Send, field: str, value: str
) -> None:
    anna, _ = await site.world.user("Anna")
    status, html, _ = await send(f"/users/{anna.id}/routing", **{**GIVEN, field: value})
    assert status == 422
    assert "field__problem" in html
    async with site.world.pool.acquire() as conn:
        assert await store.about(conn, datetime.now(UTC)) == {}


async def test_a_rule_that_somebody_saved_meanwhile_shows_both(
    site: Site, send: Send, admin: aiohttp.ClientSession
) -> None:
    rule = {"name": "Invoices", "to": "Billing", "words": "invoice", "escalate_after": "1", "way": "turn"}
    assert (await send("/routing", **rule))[0] == 303
    id_ = await site.world.value("SELECT max(id) FROM inbox_routing_rule")
    async with admin.get(f"/routing/{id_}") as answer:
        found = re.search(r'name="version" value="(\w+)"', await answer.text())
    assert found
    mine = rule | {"version": found[1]}
    assert (await send(f"/routing/{id_}", **mine | {"words": "refund"}))[0] == 303
    status, html, _ = await send(f"/routing/{id_}", **mine | {"words": "bill"})
    assert status == 409
    assert "Saved meanwhile: refund" in html
    assert 'value="bill"' in html
    again = re.search(r'name="version" value="(\w+)"', html)
    assert again
    assert (await send(f"/routing/{id_}", **mine | {"words": "bill", "version": again[1]}))[0] == 303
