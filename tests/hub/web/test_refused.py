"""Whatever form is refused comes back with what was typed, a sentence below the field, and the focus there."""

from __future__ import annotations

import re
from html import unescape

import aiohttp
import pytest

from tests.site import CSRF, Site, texts

KEPT = "Kept as it was typed"
"""Typed into a field that is right; none may lose it."""
TYPED = (KEPT, "much", "many", "some day", "08:07", "9 May", "no domain", "99", "12")
FIRST = (
    ("/companies", {"name": "Angkor"}),
    ("/deals", {"title": "A table", "contact_id": "1", "currency": "USD"}),
    ("/tasks", {"title": "Call"}),
)
MANAGER = (
    (
        "/deals",
        {"title": KEPT, "amount": "much", "currency": "USD", "contact_name": "Sok"},
        "Enter an amount",
    ),
    ("/deals", {"title": KEPT, "amount": "1", "currency": "USD"}, "Choose a contact, or name a new one."),
    ("/deals/1", {"title": KEPT, "amount": "much", "currency": "USD"}, "Enter an amount"),
    (
        "/deals/1",
        {"title": KEPT, "amount": "1", "currency": "USD", "step": "", "step_due": "9 May"},
        "Write what needs",
    ),
    ("/contacts", {"name": KEPT, "phone": "12"}, "phone number"),
    ("/contacts/1", {"name": KEPT, "owner_id": "me"}, "Choose one from the list."),
    (
        "/contacts/1",
        {"name": "Sok", "owner_id": "me", "key": "Shoes", "value": KEPT},
        "Choose one from the list.",
    ),
    ("/contacts/1/handles", {"kind": "email", "value": KEPT}, "address"),
    ("/contacts/1/conversations", {"text": KEPT, "channel_id": "no"}, "Choose one from the list."),
    ("/companies", {"name": KEPT, "domain": "no domain"}, "Enter a domain"),
    ("/companies/1", {"name": KEPT, "domain": "no domain"}, "Enter a domain"),
    ("/tasks", {"title": KEPT, "due_at": "some day"}, "Enter a day and a time."),
    ("/tasks/1", {"title": KEPT, "due_at": "some day", "kind": "task"}, "Enter a day and a time."),
    ("/canned", {"shortcut": "a", "title": "", "text": KEPT, "language": "xx"}, "Choose one from the list."),
    ("/absences", {"note": KEPT, "from_day": "some day"}, "Choose a day."),
    ("/profile", {"name": KEPT, "language": "xx"}, "This language is not available."),
    ("/profile", {"name": KEPT, "timezone": "Mars/Base"}, "This time zone is not known."),
)
ADMIN = (
    (
        "/users",
        {"name": KEPT, "email": "a@b.example", "language": "en", "capacity": "many"},
        "The capacity is a number",
    ),
    ("/users/1", {"name": KEPT, "email": "a@b.example", "language": "xx", "capacity": "1"}, "This language"),
    ("/users/1/routing", {"teams": KEPT, "weight": "99"}, "The weight is a number from 1 to 20."),
    ("/routing", {"name": KEPT, "to": "", "is_on": "1"}, "Choose who it is assigned to"),
    ("/routing", {"name": KEPT, "to": "A", "hours": "never"}, "Choose one from the list."),
    ("/tokens", {"name": KEPT}, "Choose what the token may do."),
    ("/tokens", {"name": KEPT, "scope": "read", "user_id": "me"}, "Choose one from the list."),
    ("/webhooks", {"url": "https://kept.example/", "secret": KEPT}, "Choose at least one event."),
    (
        "/channels/sink/silence",
        {"after_hours": "many", "opens": "08:07", "zone": "UTC"},
        "Give the hours as a number",
    ),
)


async def furnished(site: Site, role: str) -> aiohttp.ClientSession:
    """Somebody signed in, with one of each thing with the id 1."""
    me, _ = await site.world.user("Dara", role=role, is_available=False)
    await site.conversation("Hello", name="Sok", sender="+85512000001")
    client = await site.client(me)
    for path, fields in FIRST:
        async with client.post(path, data={"csrf": CSRF} | fields, allow_redirects=False) as answer:
            assert answer.status == 303, (path, texts(await answer.text()))
    return client


async def refuse(client: aiohttp.ClientSession, path: str, fields: dict[str, str], said: str) -> None:
    async with client.post(path, data={"csrf": CSRF} | fields, allow_redirects=False) as answer:
        html = await answer.text()
    assert answer.status == 422, (path, answer.status, texts(html)[:300])
    assert said in texts(html), path
    assert "To the start page" not in html, f"{path}: a bare page instead of the form"
    for value in fields.values():
        assert value in unescape(html) or value not in TYPED, (path, value)
    marked = re.search(r"<(input|select|textarea)[^>]*aria-invalid=\"true\"[^>]*>", html)
    assert 'role="alert"' in html, path
    assert marked is None or "autofocus" in marked[0], path


async def test_a_refused_form_of_a_manager_keeps_what_was_typed(site: Site) -> None:
    client = await furnished(site, "manager")
    for path, fields, said in MANAGER:
        await refuse(client, path, fields, said)


async def test_a_refused_form_of_an_admin_keeps_what_was_typed(site: Site) -> None:
    client = await furnished(site, "admin")
    for path, fields, said in ADMIN:
        await refuse(client, path, fields, said)


async def test_no_password_comes_back(site: Site) -> None:
    client = await furnished(site, "manager")
    secret = "not long, and secret"
    form = {"csrf": CSRF, "present": secret, "password": secret, "again": "another"}
    async with client.post("/profile/password", data=form) as answer:
        html = await answer.text()
    assert answer.status == 422
    assert "The two passwords differ." in texts(html)
    assert secret not in html


@pytest.mark.parametrize("password", ["wrong", ""])
async def test_who_cannot_sign_in_types_the_address_once(site: Site, password: str) -> None:
    client = await site.client()
    async with client.post("/sign-in", data={"email": "dara@x.example", "password": password}) as answer:
        html = await answer.text()
    assert answer.status == 422
    assert 'value="dara@x.example"' in html
    assert "Email or password is wrong." in texts(html)
