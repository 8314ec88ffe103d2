"""Every page and every form, asked with what nobody should send: answered with a sentence, never with an incident."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import FormData, web

from hub.web.routes import PAGES
from tests.site import CSRF, Site
from values.kept import MARK

WEB = Path("hub/web")
ODD = (
    "",
    "0",
    "1",
    "-1",
    "9223372036854775807",
    "99999999999999999999999999",
    "abc",
    "ភាសាខ្មែរ",
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "'; DROP TABLE crm_contact; --",
    "%",
    "2026-02-30",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "2026-11-23T10:00:00+14:00",
    "NaN",
    "1e400",
    "١٢٣",
    "a" * 900,
    "//evil.test/",
    "1,2",
    "1:2",
    "[]",
    "open",
    "all",
)
NAMES = re.compile(r"(?:query|form|fields|typed|posted|data|got)(?:\.get|\.getall|\.getone)?[(\[]\"(\w+)\"")
SLOT = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
QUIET = {"/live", "/sign-out", "/profile/sessions/removal"}
"""A stream that does not end, and what ends the session of the test."""


def _names() -> list[str]:
    """The names of parameters and fields that the pages read anywhere."""
    return _read_in(WEB.rglob("*.py"))


def _read_in(files: Iterable[Path]) -> list[str]:
    return sorted({name for path in files for name in NAMES.findall(path.read_text())})


def _names_by_path() -> dict[str, list[str]]:
    """What the room of each page reads, and what is read for all of them: another room's names change nothing there."""
    rooms = {entry.path: Path(entry.handler.__module__.replace(".", "/")).parent for entry in PAGES}
    shared = set(_read_in(WEB.glob("*.py")))
    read = {room: sorted(shared | set(_read_in(room.glob("*.py")))) for room in set(rooms.values())}
    return {SLOT.sub(r"{\1}", path): read[room] for path, room in rooms.items()}


def _routes(site: Site, method: str) -> Iterable[str]:
    for route in site.server.app.router.routes():
        resource = route.resource
        if route.method == method and isinstance(resource, (web.PlainResource, web.DynamicResource)):
            path = resource.canonical
            if path not in QUIET and not path.startswith(("/static", "/in/", "/api/")):
                yield path


async def _furnished(site: Site, role: str) -> aiohttp.ClientSession:
    """A signed-in client, and one of each thing with the id 1, all the user's own."""
    await site.world.user("Other", role="admin")
    user, _ = await site.world.user("Odd", role=role, sees_all=True)
    conversation = await site.conversation("Hello", name="Sok", sender="+85512000001")
    client = await site.client(user)
    for path, fields in (
        ("/companies", {"name": "Angkor Tables"}),
        ("/deals", {"title": "A table", "contact_id": "1", "amount": "100", "currency": "USD"}),
        ("/tasks", {"title": "Call", "due_at": "2026-01-01T10:00"}),
        ("/canned", {"shortcut": "hi", "text": "Hello {name}"}),
        (f"/conversations/{conversation}/messages", {"text": "Good day"}),
        (f"/conversations/{conversation}/card/notes", {"text": "Wants oak"}),
    ):
        async with client.post(path, data={"csrf": CSRF} | fields, allow_redirects=False) as answer:
            assert answer.status < 400, (path, answer.status, await answer.text())
    await site.world.settled()
    return client


def _asked(path: str, odd: str) -> str:
    return SLOT.sub(lambda _: odd, path)


@pytest.mark.parametrize("role", ["manager", "admin"])
async def test_no_question_makes_an_incident(site: Site, role: str) -> None:
    client = await _furnished(site, role)
    dice, names, broken = random.Random(role), _names(), list[str]()
    by_path = _names_by_path()
    assert len(names) > 40
    assert len(by_path) > 40
    for path in _routes(site, "GET"):
        for ident in ("1", "0", "9223372036854775807", "99999999999999999999"):
            query = {name: dice.choice(ODD) for name in dice.sample(names, 12)}
            async with client.get(_asked(path, ident), params=query, allow_redirects=False) as answer:
                if answer.status >= 500 or MARK in await answer.text(errors="replace"):
                    broken.append(f"GET {_asked(path, ident)} {query}")
        for name in by_path.get(path, names):
            query = {name: dice.choice(ODD)}
            async with client.get(_asked(path, "1"), params=query, allow_redirects=False) as answer:
                if answer.status >= 500:
                    broken.append(f"GET {_asked(path, '1')} {query}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("role", ["manager", "admin"])
async def test_no_form_makes_an_incident(site: Site, role: str) -> None:
    client = await _furnished(site, role)
    dice, names, broken = random.Random(role), _names(), list[str]()
    for path in sorted(_routes(site, "POST")):
        for ident in ("1", "9223372036854775807", "99999999999999999999"):
            for share in (0.0, 0.5, 1.0):
                form = FormData({"csrf": CSRF})
                chosen = dice.sample(names, int(share * len(names)))
                given = {name: dice.choice(ODD) for name in chosen if name != "csrf"}
                for name, value in given.items():
                    form.add_field(name, value)
                async with client.post(_asked(path, ident), data=form, allow_redirects=False) as answer:
                    if answer.status >= 500:
                        broken.append(f"POST {_asked(path, ident)} {answer.status} {given}")
    async with client.get("/profile", allow_redirects=False) as answer:
        assert answer.status == 200, "the session ended on the way"
    assert not broken, "\n".join(line[:600] for line in broken)
