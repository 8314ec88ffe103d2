"""Absences over HTTP: one's own, an admin anybody's, in the time of whoever is away."""

from __future__ import annotations

import aiohttp
import pytest

from hub.web.work.absences import read
from tests.site import CSRF, Site, texts

HOLIDAY = {"from_day": "2099-07-01", "until_day": "2099-07-03", "note": "Holiday", "csrf": CSRF}
STRETCH = "SELECT user_id, from_at, until_at, note FROM inbox_absence"


async def send(client: aiohttp.ClientSession, path: str, **fields: str) -> tuple[int, str]:
    async with client.post(path, data={"csrf": CSRF, **fields}, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def test_whole_days_in_the_time_of_whoever_is_away(site: Site) -> None:
    anna, _ = await site.world.user("Anna", timezone="Asia/Phnom_Penh")
    boss, _ = await site.world.user("Boss", role="admin", timezone="America/New_York")
    assert (await send(await site.client(boss), "/absences", **HOLIDAY, user_id=str(anna.id)))[0] == 303
    (row,) = await site.world.fetch(STRETCH)
    assert (row["user_id"], row["note"]) == (anna.id, "Holiday")
    assert row["from_at"].isoformat() == "2099-06-30T17:00:00+00:00"
    assert row["until_at"].isoformat() == "2099-07-03T17:00:00+00:00"
    async with (await site.client(anna)).get("/absences") as answer:
        shown = texts(await answer.text())
    assert "Wed, Jul 1, 2099" in shown
    assert "Fri, Jul 3, 2099" in shown


async def test_only_ones_own_unless_one_is_an_admin(site: Site) -> None:
    anna, _ = await site.world.user("Anna")
    boris, _ = await site.world.user("Boris")
    boss, _ = await site.world.user("Boss", role="admin")
    ops, _ = await site.world.user("Ops", role="ops")
    client = await site.client(anna)
    assert (await send(client, "/absences", **HOLIDAY, user_id=str(boris.id)))[0] == 422
    assert (await send(client, "/absences", **HOLIDAY))[0] == 303
    id_ = await site.world.value("SELECT id FROM inbox_absence")
    assert (await send(await site.client(boris), f"/absences/{id_}/removal"))[0] == 404
    assert (await send(await site.client(ops), f"/absences/{id_}/removal"))[0] == 403
    assert (await send(await site.client(boss), f"/absences/{id_}/removal"))[0] == 303
    assert await site.world.fetch(STRETCH) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("from_day", ""),
        ("from_day", "tomorrow"),
        ("from_day", "0001-01-01"),
        ("from_day", "9999-12-31"),
        ("until_day", "2099-06-30"),
        ("until_day", "2100-12-31"),
        ("from_clock", "25:00"),
        ("until_clock", "x"),
        ("user_id", "999999999999"),
    ],
)
async def test_what_cannot_be_is_told_at_its_field_and_kept_in_the_form(
    site: Site, field: str, value: str
) -> None:
    boss, _ = await site.world.user("Boss", role="admin")
    status, html = await send(await site.client(boss), "/absences", **{**HOLIDAY, field: value})
    assert status == 422
    assert "field__problem" in html
    assert 'value="Holiday"' in html
    assert await site.world.fetch(STRETCH) == []


async def test_a_part_of_a_day(site: Site) -> None:
    anna, _ = await site.world.user("Anna")
    now = await site.world.value("SELECT now()")
    given = {"from_day": "2099-07-01", "from_clock": "09:00", "until_clock": "12:30"}
    found = read(given, anna, now=now)
    assert (found.from_at.isoformat(), found.until_at.isoformat()) == (
        "2099-07-01T09:00:00+00:00",
        "2099-07-01T12:30:00+00:00",
    )
