"""What stands around every page: CSRF, headers, roles, errors in plain words, languages."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from crm_core.access.abilities import may
from crm_core.users import service as users
from hub.web.addresses import ANYBODY
from hub.web.routes import PAGES
from tests.site import CSRF, Site, texts


async def test_an_unsafe_request_needs_the_token_and_our_own_origin(site: Site) -> None:
    dara, _ = await site.world.user("Dara")
    client = await site.client(dara)
    cases = [
        ({"is_available": "0"}, {}, 403),
        ({"is_available": "0", "csrf": "wrong"}, {}, 403),
        ({"is_available": "0", "csrf": CSRF}, {"Origin": "https://evil.example"}, 403),
        ({"is_available": "0", "csrf": CSRF}, {"Origin": "http://["}, 403),
        ({"is_available": "0", "csrf": CSRF}, {"Origin": "null"}, 403),
        ({"is_available": "0", "csrf": CSRF}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({"is_available": "0", "csrf": CSRF}, {"Origin": site.url}, 200),
        ({"is_available": "1"}, {"X-CSRF-Token": CSRF}, 200),
    ]
    for form, headers, status in cases:
        async with client.post("/profile/presence", data=form, headers=headers) as answer:
            assert answer.status == status, (form, headers)


def test_every_page_that_changes_something_is_a_post() -> None:
    assert {page.method for page in PAGES} == {"GET", "POST"}
    open_to_all = {page.path for page in PAGES if page.needs is ANYBODY and page.method == "POST"}
    by_token = {"/sign-in/link/{token}", "/no-mail/{token}"}
    assert open_to_all == {"/sign-in", "/sign-in/code", "/language", *by_token}


async def test_every_page_needs_a_session(site: Site) -> None:
    client = await site.client()
    for entry in PAGES:
        if entry.needs is ANYBODY:
            continue
        path = address(entry.path)
        async with client.request(entry.method, path, allow_redirects=False) as answer:
            assert answer.status == 303, path
            assert answer.headers.get("Location", "/sign-in").startswith("/sign-in"), path


async def test_a_role_gets_its_pages_only(site: Site) -> None:
    ops, _ = await site.world.user("Oona", role="ops", is_available=False)
    client = await site.client(ops)
    for entry in PAGES:
        if entry.needs is ANYBODY or may("ops", entry.needs) or entry.method != "GET":
            continue
        async with client.get(address(entry.path)) as answer:
            assert answer.status == 403, entry.path
    async with client.get("/profile") as answer:
        assert "/inbox" not in await answer.text()


async def test_pages_allow_no_inline_script_or_style(site: Site) -> None:
    dara, _ = await site.world.user("Dara")
    id_ = await site.conversation(name='<img src=x onerror="alert(1)">', text="<script>alert(1)</script>")
    await site.assign(id_, dara)
    client = await site.client(dara)
    for path in ("/inbox?view=all", f"/conversations/{id_}", "/profile", "/canned", "/nowhere"):
        async with client.get(path, headers={"Accept": "text/html"}) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "'unsafe-inline'" not in policy
            assert "script-src 'self'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            html = await answer.text()
        for node in LexborHTMLParser(html).css("*"):
            assert not {name for name in node.attributes if name == "style" or name.startswith("on")}, (
                path,
                node.html,
            )
            assert node.tag not in ("script", "img") or node.attributes["src"].startswith("/static/"), (
                path,
                node.html,
            )


async def test_errors_come_in_plain_words_as_a_page_or_as_a_notice(site: Site) -> None:
    dara, _ = await site.world.user("Dara")
    client = await site.client(dara)
    async with client.get("/conversations/999") as answer:
        assert answer.status == 404
        assert "no such conversation" in texts(await answer.text())
    async with client.get("/conversations/99999999999999999999999") as answer:
        assert answer.status == 404
    async with client.get("/conversations/999", headers={"HX-Request": "true"}) as answer:
        assert answer.status == 404
        assert answer.headers["HX-Retarget"] == "#notices"
        assert "<html" not in await answer.text()
    async with client.get("/nowhere", headers={"Accept": "text/html"}) as answer:
        assert answer.status == 404
        assert "Not found" in await answer.text()
    async with client.get("/inbox?view=all&after=broken") as answer:
        assert answer.status == 422


async def test_a_bug_is_an_incident_with_a_number(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    dara, _ = await site.world.user("Dara")
    client = await site.client(dara)
    await site.world.fetch("ALTER TABLE inbox_counter RENAME TO elsewhere")
    async with client.get("/inbox") as answer:
        assert answer.status == 500
        found = re.search(r"incident ([0-9a-f]{8})", texts(await answer.text()))
    assert found
    assert any(getattr(record, "incident", "") == found[1] for record in caplog.records)


@pytest.mark.parametrize(("language", "word"), [("km", "ប្រអប់សារ"), ("ru", "Входящие"), ("en", "Inbox")])
async def test_a_user_is_spoken_to_in_their_language(site: Site, language: str, word: str) -> None:
    dara, _ = await site.world.user("Dara", language=language)
    client = await site.client(dara)
    async with client.get("/inbox") as answer:
        html = await answer.text()
    assert f'<html lang="{language}"' in html
    assert word in html


async def test_before_sign_in_the_browser_says_the_language_and_a_choice_is_kept(site: Site) -> None:
    client = await site.client()
    async with client.get("/sign-in", headers={"Accept-Language": "de, ru;q=0.8, en;q=0.5"}) as answer:
        assert "Пароль" in await answer.text()
    async with client.post("/language", data={"language": "km"}) as answer:
        assert 'lang="km"' in await answer.text()
    async with client.post("/language", data={"language": "xx"}) as answer:
        assert answer.status == 422


async def test_static_files_do_not_lead_out_of_their_folder(site: Site) -> None:
    client = await site.client()
    for path in ("..%2f..%2fsession.py", "%2e%2e/session.py", "js/../../session.py", "css", "nothing.js"):
        async with client.get(f"/static/x/{path}") as answer:
            assert answer.status == 404, path
    async with client.get("/static/x/css/core.css") as answer:
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-cache"


async def test_the_profile_takes_what_can_be_taken(site: Site) -> None:
    dara, _ = await site.world.user("Dara")
    client = await site.client(dara)
    form = {"csrf": CSRF, "name": "Дара", "language": "ru", "timezone": "Asia/Phnom_Penh", "extension": "101"}
    async with client.post("/profile", data=form | {"timezone": "Mars/Base"}) as answer:
        assert answer.status == 422
    async with client.post("/profile", data=form) as answer:
        assert "Ваш профиль" in await answer.text()
    async with site.world.pool.acquire() as conn:
        changed = await users.get(conn, dara.id)
    assert (changed.name, changed.language, changed.extension) == ("Дара", "ru", "101")


def address(pattern: str) -> str:
    """An address that the pattern of a page matches."""
    return re.sub(r"\{[^}:]+(?::(?:(\w+)(?:\|[^}]*)?|[^}]*))?\}", lambda found: found[1] or "1", pattern)
