"""The time zone of a user: found by city, taken once from the browser, never over what the user saved."""

from __future__ import annotations

import zoneinfo

import pytest

from crm_core.users import service as users
from crm_core.users.model import User
from hub.web import zones
from hub.wording.i18n import LANGUAGES, locale_context, use_locale
from tests.site import CSRF, Site, texts

PASSWORD = "correct horse battery"
NONSENSE = ["", "Mars/Olympus", "../../etc/passwd", "x" * 5000, "\r\nSet-Cookie: a=b"]


@pytest.fixture
async def dara(site: Site) -> User:
    user, _ = await site.world.user("Dara")
    async with site.world.pool.acquire() as conn:
        await users.set_password(conn, user.id, PASSWORD)
        return await users.get(conn, user.id)


async def _sign_in(site: Site, zone: str) -> str:
    """The words of the first page."""
    client = await site.client()
    form = {"email": "dara@example.test", "password": PASSWORD, "zone": zone}
    async with client.post("/sign-in?next=/tasks", data=form) as answer:
        assert answer.status == 200
        first = texts(await answer.text())
    async with client.get("/tasks") as answer:
        assert "your browser says so" not in texts(await answer.text())
    return first


async def _zone(site: Site, user: User) -> str:
    return await site.world.value("SELECT timezone FROM crm_user WHERE id = $1", user.id)


async def test_the_first_sign_in_takes_the_browsers_and_says_so(site: Site, dara: User) -> None:
    said = await _sign_in(site, "Asia/Phnom_Penh")
    assert "Times are shown for Phnom Penh, Cambodia (UTC+07:00): your browser says so." in said
    assert await _zone(site, dara) == "Asia/Phnom_Penh"
    assert "your browser says so" not in await _sign_in(site, "Europe/Moscow")
    assert await _zone(site, dara) == "Asia/Phnom_Penh"


async def test_what_the_user_saved_is_never_overruled(site: Site, dara: User) -> None:
    client = await site.client(dara)
    form = {"csrf": CSRF, "name": "Dara", "language": "en", "timezone": "UTC"}
    async with client.post("/profile", data=form) as answer:
        assert answer.status == 200
    assert "your browser says so" not in await _sign_in(site, "Asia/Phnom_Penh")
    assert await _zone(site, dara) == "UTC"


@pytest.mark.parametrize("zone", NONSENSE)
async def test_a_browser_that_tells_nonsense_changes_nothing(site: Site, dara: User, zone: str) -> None:
    assert "your browser says so" not in await _sign_in(site, zone)
    assert await _zone(site, dara) == "UTC"
    await _sign_in(site, "Asia/Phnom_Penh")
    assert await _zone(site, dara) == "Asia/Phnom_Penh"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_zone_has_words(language: str) -> None:
    with use_locale(locale_context(language)):
        found = dict(zones.options("UTC"))
        assert len(found) > 400
        assert all(words.strip() for words in found.values())
        assert set(found) <= zoneinfo.available_timezones()
        assert dict(zones.options("US/Eastern"))["US/Eastern"] == "US/Eastern"
        city = {"en": "Phnom Penh", "ru": "Пномпень", "km": "ភ្នំពេញ"}[language]
        assert zones.words("Asia/Phnom_Penh").startswith(city)
