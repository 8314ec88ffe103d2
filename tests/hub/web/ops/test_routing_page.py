"""What a user takes, over HTTP."""

from __future__ import annotations

import aiohttp
import pytest

from inbox.routing import store
from tests.hub.web.ops.conftest import Send
from tests.site import Site

GIVEN = {
    "teams": "Billing, VIP,billing ,",
    "languages": "km, en",
    "answer_within": "5",
    "away_from": "2026-03-02T09:00",
    "away_until": "2026-03-03T09:00",
    "deputy_id": "",
}


async def test_what_was_set_is_kept_and_shown_in_the_users_own_time(
    site: Site, send: Send, admin: aiohttp.ClientSession
) -> None:
    anna, _ = await site.world.user("Anna", timezone="Asia/Phnom_Penh")
    boris, _ = await site.world.user("Boris")
    status, _, _ = await send(f"/users/{anna.id}/routing", **{**GIVEN, "deputy_id": str(boris.id)})
    assert status == 303
    async with site.world.pool.acquire() as conn:
        about = (await store.about(conn))[anna.id]
    assert (about.teams, about.languages, about.answer_within) == (
        ("Billing", "VIP", "billing"),
        ("km", "en"),
        5,
    )
    assert about.away_from
    assert about.away_from.isoformat() == "2026-03-02T02:00:00+00:00"
    assert about.deputy_id == boris.id
    async with admin.get(f"/users/{anna.id}/routing") as answer:
        assert answer.status == 200
        html = await answer.text()
    assert 'value="2026-03-02T09:00"' in html


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("answer_within", "-1"),
        ("answer_within", "99999"),
        ("away_from", "yesterday"),
        ("away_until", "2026-03-01T09:00"),
        ("deputy_id", "999999"),
        ("deputy_id", "x"),
        ("teams", "a\0b"),
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
        assert await store.about(conn) == {}
