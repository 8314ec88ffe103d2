"""Signing in and out, by password, by link and with a second step; who is refused and why."""

from __future__ import annotations

import re

import aiohttp
import pyotp
import pytest

from crm_core.users import service as users
from crm_core.users.model import User
from hub.web import links
from tests.site import CSRF, Site, texts

PASSWORD = "correct horse battery"


@pytest.fixture
async def dara(site: Site) -> User:
    user, _ = await site.world.user("Dara")
    async with site.world.pool.acquire() as conn:
        await users.set_password(conn, user.id, PASSWORD)
        return await users.get(conn, user.id)


async def test_a_password_opens_the_inbox_and_the_cookie_is_guarded(site: Site, dara: User) -> None:
    client = await site.client()
    form = {"email": " DARA@example.test", "password": PASSWORD}
    async with client.post("/sign-in?next=/tasks", data=form, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == "/tasks"
        cookie = answer.cookies["hub_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    kept = await site.world.value("SELECT id FROM hub_session")
    assert cookie.value.encode() not in kept
    async with client.get("/inbox") as answer:
        assert answer.status == 200
    async with client.post(
        "/sign-out", data={"csrf": await site.world.value("SELECT csrf FROM hub_session")}
    ) as answer:
        assert answer.status == 200
    assert await site.world.value("SELECT count(*) FROM hub_session") == 0
    actions = [row["action"] for row in await site.world.fetch("SELECT action FROM hub_audit ORDER BY id")]
    assert actions == ["session.begun", "session.ended"]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\n/evil.example",
        "/\t/evil.example/",
        "/\r/evil.example/",
        "\t//evil.example/",
        "/\x0b/evil.example",
        "/.//evil.example/",
        "/a/..//evil.example",
        "/inbox\\..\\evil",
        "/\u2028/evil.example",
        "http:evil.example",
        "/sign-in?next=/inbox",
        "/" + "a" * 5000,
    ],
)
async def test_signing_in_never_leads_to_another_site(site: Site, dara: User, target: str) -> None:
    client = await site.client()
    form = {"email": dara.email, "password": PASSWORD}
    async with client.post("/sign-in", params={"next": target}, data=form, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/inbox"


async def test_a_wrong_password_says_nothing_about_the_address_and_tries_are_limited(
    site: Site, dara: User
) -> None:
    client = await site.client()
    said = set()
    for email in (dara.email, "nobody@example.test"):
        async with client.post("/sign-in", data={"email": email, "password": "wrong"}) as answer:
            assert answer.status == 422
            said.add("wrong" in texts(await answer.text()))
    assert said == {True}
    statuses = []
    for _ in range(11):
        async with client.post("/sign-in", data={"email": dara.email, "password": "wrong"}) as answer:
            statuses.append(answer.status)
    assert statuses[-1] == 429
    async with client.post("/sign-in", data={"email": dara.email, "password": PASSWORD}) as answer:
        assert answer.status == 429


async def wrong(client: aiohttp.ClientSession, email: str, peer: str) -> int:
    form = {"email": email, "password": "wrong"}
    async with client.post("/sign-in", data=form, headers={"X-Forwarded-For": peer}) as answer:
        return answer.status


async def test_nobody_locks_out_somebody_else(site: Site, dara: User) -> None:
    """Wrong passwords from many addresses: the right one passes from a new address and on a known device."""
    known, stranger = await site.client(), await site.client()
    form = {"email": dara.email, "password": PASSWORD}
    here = {"X-Forwarded-For": "203.0.113.1"}
    async with known.post("/sign-in", data=form, headers=here, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.cookies["hub_device"]["httponly"]
    known.cookie_jar.clear(lambda cookie: cookie.key == "hub_session")
    await site.world.runtime.redis.set(f"hub:tries:sign-in::{dara.email}", 500, ex=600)
    statuses = [await wrong(stranger, dara.email, "203.0.113.1") for _ in range(4)]
    assert statuses == [422, 422, 422, 429], "while an attack goes on strangers get fewer tries"
    async with known.post("/sign-in", data=form, headers=here, allow_redirects=False) as answer:
        assert answer.status == 303, "the known device, from the address of the attack"
    elsewhere = {"X-Forwarded-For": "198.18.7.7"}
    async with stranger.post("/sign-in", data=form, headers=elsewhere, allow_redirects=False) as answer:
        assert answer.status == 303, "the owner, from an address of his own"


async def test_a_made_up_device_is_a_stranger(site: Site, dara: User) -> None:
    client = await site.client(Cookie="hub_device=" + "0" * 64)
    assert [await wrong(client, dara.email, "203.0.113.1") for _ in range(11)][-1] == 429


async def test_an_ipv6_network_is_one_stranger(site: Site, dara: User) -> None:
    client = await site.client()
    statuses = [await wrong(client, dara.email, f"2001:db8:1:2::{n:x}") for n in range(1, 13)]
    assert statuses[-1] == 429


async def test_a_link_survives_previews_works_once_and_leads_to_a_password(site: Site) -> None:
    sophea, _ = await site.world.user("Sophea")
    async with site.world.pool.acquire() as conn:
        path = await links.issue(conn, sophea.id)
    client = await site.client()
    for _ in range(3):
        async with client.get(path) as answer:
            assert answer.status == 200
            assert "Sophea" in await answer.text()
    async with client.post(path, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/profile?first=1"
    async with client.post(path) as answer:
        assert answer.status == 404
    csrf = await site.world.value("SELECT csrf FROM hub_session")
    form = {"csrf": csrf, "password": PASSWORD, "again": PASSWORD}
    async with client.post("/profile/password", data=form, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/"
    async with site.world.pool.acquire() as conn:
        assert await users.verify_password(conn, sophea.email, PASSWORD)


async def test_the_second_step_is_asked_for_and_a_code_counts_once(site: Site, dara: User) -> None:
    client = await site.client(dara)
    async with client.post("/profile/second-step", data={"csrf": CSRF}) as answer:
        page = await answer.text()
    assert 'src="data:image/svg+xml' in page
    found = re.search(r'name="secret" value="([A-Z2-7]+)"', page)
    assert found
    code = pyotp.TOTP(found[1])
    form = {"csrf": CSRF, "secret": found[1], "otpauth": ""}
    async with client.post("/profile/second-step/code", data=form | {"code": "000000"}) as answer:
        assert answer.status == 422
    assert not await site.world.value("SELECT totp_secret IS NOT NULL FROM crm_user WHERE id = $1", dara.id)
    async with client.post("/profile/second-step/code", data=form | {"code": code.at(0)}) as answer:
        assert answer.status == 422
    used = code.now()
    async with client.post("/profile/second-step/code", data=form | {"code": used}) as answer:
        assert answer.status == 200
    stranger = await site.client()
    async with stranger.get("/sign-in/code", allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/sign-in"
    sign_in = {"email": dara.email, "password": PASSWORD}
    async with stranger.post("/sign-in", data=sign_in, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/sign-in/code"
        assert "hub_session" not in answer.cookies
    async with stranger.get("/inbox", allow_redirects=False) as answer:
        assert answer.status == 303
    async with stranger.post("/sign-in/code", data={"code": used}) as answer:
        assert answer.status == 422, "the code that switched it on must not sign in again"


@pytest.mark.parametrize("step", ["", "1.9999999999.00", "x.y.z", "1.2", "1.1.1.1"])
async def test_a_made_up_second_step_is_refused(site: Site, step: str) -> None:
    client = await site.client(Cookie=f"hub_second_step={step}")
    async with client.get("/sign-in/code", allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/sign-in"


async def test_a_session_ends_with_its_row_with_its_time_and_with_its_user(site: Site, dara: User) -> None:
    client = await site.client(dara)

    async def is_in() -> bool:
        async with client.get("/inbox", allow_redirects=False) as answer:
            return answer.status == 200

    assert await is_in()
    await site.world.fetch("UPDATE crm_user SET is_active = false WHERE id = $1", dara.id)
    assert not await is_in()
    await site.world.fetch("UPDATE crm_user SET is_active = true WHERE id = $1", dara.id)
    assert await is_in()
    await site.world.fetch("UPDATE hub_session SET expires_at = now()")
    assert not await is_in()


async def test_changing_the_password_ends_the_other_sessions(site: Site, dara: User) -> None:
    here, there = await site.client(dara), await site.client(dara)
    form = {"csrf": CSRF, "present": PASSWORD, "password": "another long one", "again": "another long one"}
    async with here.post("/profile/password", data=form | {"present": "wrong"}) as answer:
        assert answer.status == 422
    async with here.post("/profile/password", data=form) as answer:
        assert answer.status == 200
    async with there.get("/inbox", allow_redirects=False) as answer:
        assert answer.status == 303
