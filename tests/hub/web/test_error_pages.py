"""Forged and stale forms: whoever sends one stays on a page of the hub that says what to do and leads back."""

from __future__ import annotations

import re

import aiohttp
import pytest

from hub.web.routes import PAGES
from tests.site import CSRF, Site, texts

SLOT = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
QUIET = {"/sign-out", "/profile/sessions/removal"}
"""What ends the session of the test."""
FORMS = [entry.path for entry in PAGES if entry.method == "POST" and entry.needs and entry.path not in QUIET]
OF = {"of": "contacts", "slug": "sink", "connector": "testing", "n": "1"}
FIELDS = (
    {},
    {
        "name": "\x00",
        "title": " ",
        "text": "",
        "id": "x",
        "kind": "none",
        "language": "xx",
        "timezone": "Mars",
    },
    {
        "survivor_id": "1",
        "absorbed_id": "1",
        "id": "999999999",
        "stage_id": "0",
        "user_id": "-1",
        "until": "never",
    },
)


def addresses(ident: str) -> list[str]:
    return [SLOT.sub(lambda slot: OF.get(slot[1], ident), path) for path in FORMS]


async def furnished(site: Site, role: str) -> aiohttp.ClientSession:
    """Somebody of a role; there is one of most things with the id 1."""
    boss, _ = await site.world.user("Boss", role="admin", is_available=False)
    user, _ = await site.world.user("Odd", role=role, is_available=False)
    await site.conversation("Hello", name="Sok", sender="+85512000001")
    client = await site.client(boss)
    for path, fields in (
        ("/companies", {"name": "Angkor"}),
        ("/deals", {"title": "A table", "contact_id": "1", "currency": "USD"}),
        ("/tasks", {"title": "Call"}),
        ("/canned", {"shortcut": "hi", "text": "Hello"}),
    ):
        async with client.post(path, data={"csrf": CSRF} | fields, allow_redirects=False) as answer:
            assert answer.status == 303, path
    return await site.client(user, Referer=f"{site.url}/profile", Accept="text/html")


def amiss(status: int, html: str) -> str:
    """What is missing on a page that says no."""
    if status >= 500:
        return f"{status}"
    if 'class="shell"' not in html and 'class="bare"' not in html:
        return "no layout"
    if not re.search(r'<p>\s*\w|class="field__problem"|class="banner|class="problem', html):
        return "no sentence"
    return "" if re.search(r'<main.*?<a [^>]*href="/|<form', html, re.DOTALL) else "no way back"


@pytest.mark.parametrize("role", ["manager", "ops", "admin"])
async def test_a_forged_form_is_answered_by_a_page(site: Site, role: str) -> None:
    client, broken = await furnished(site, role), list[str]()
    for path in dict.fromkeys((*addresses("1"), *addresses("9223372036854775807"))):
        for fields in FIELDS:
            form = aiohttp.FormData({"csrf": CSRF} | fields)
            async with client.post(path, data=form, allow_redirects=False) as answer:
                html = await answer.text(errors="replace")
                is_page = answer.content_type == "text/html" and answer.status >= 400
            if answer.status >= 500 or (is_page and (what := amiss(answer.status, html))):
                broken.append(f"{path} {fields} {answer.status} {what if is_page else ''}")
    async with client.get("/profile", allow_redirects=False) as answer:
        assert answer.status == 200, "the session ended on the way"
    assert not broken, "\n".join(broken)


async def test_a_page_that_says_no_leads_back_and_keeps_what_was_written(site: Site) -> None:
    client = await furnished(site, "manager")
    form = {"csrf": CSRF, "text": "Wants oak, " * 1000, "secret": "two words"}
    async with client.post("/contacts/999/card/notes", data=form) as answer:
        html = await answer.text()
    assert answer.status == 404
    assert 'href="/profile"' in html.partition("<main")[2].partition("</main>")[0]
    assert "Wants oak, Wants oak," in html
    assert "two words" not in html
    for forged in ("https://evil.example/", f"{site.url}//evil.example/", "javascript:alert(1)"):
        async with client.post("/contacts/999/card/notes", data=form, headers={"Referer": forged}) as answer:
            assert answer.status == 404
            assert "evil" not in (html := await answer.text())
            assert "javascript:" not in html


async def test_who_merges_what_is_one_already_is_told_on_the_contact(site: Site) -> None:
    client = await furnished(site, "admin")
    async with client.post("/contacts", data={"csrf": CSRF, "name": "Sok again"}) as answer:
        other = answer.url.path.rpartition("/")[2]
    form = {"csrf": CSRF, "survivor_id": "1", "absorbed_id": other}
    for told in (False, True):
        async with client.post("/contacts/1/merges", data=form) as answer:
            assert (answer.status, answer.url.path) == (200, "/contacts/1")
            assert ("These two are one contact already." in texts(await answer.text())) is told
    async with client.get("/contacts/1") as answer:
        assert "These two are one contact already." not in texts(await answer.text()), "it is said once"


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/quarantine/replays", {"id": "999999"}, "not in quarantine any more"),
        ("/quarantine/removals", {"id": "999999"}, "not in quarantine any more"),
        ("/quarantine/replays", {"all": "1"}, "not in quarantine any more"),
        ("/quarantine/replays", {}, "Choose at least one input."),
    ],
)
async def test_what_is_gone_from_quarantine_is_told_there(
    site: Site, path: str, fields: dict[str, str], said: str
) -> None:
    client = await furnished(site, "ops")
    async with client.post(path, data={"csrf": CSRF} | fields) as answer:
        assert (answer.status, answer.url.path) == (200, "/quarantine")
        assert said in texts(await answer.text())


async def test_a_notice_of_somebody_else_is_not_shown(site: Site) -> None:
    """The cookie is signed for its user; a changed one says nothing."""
    client = await furnished(site, "ops")
    async with client.post("/quarantine/replays", data={"csrf": CSRF}, allow_redirects=False) as answer:
        given = answer.cookies["hub_flash"].value
    other, _ = await site.world.user("Other", role="ops")
    for who, value in ((other, given), (None, f"x{given}"), (None, "x"), (None, "é.é")):
        reader = await site.client(who) if who else client
        async with reader.get(
            "/quarantine",
            headers={"Cookie": f"hub_flash={value}"} if who else {},
            cookies={} if who else {"hub_flash": value},
        ) as answer:
            assert "Choose at least one input." not in texts(await answer.text())
