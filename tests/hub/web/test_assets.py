"""Style sheets and scripts: packed, kept for ever, fetched at once, and installable."""

from __future__ import annotations

import gzip
import json
import re

import aiohttp

from hub.web import assets
from hub.web.rooms import rooms_of
from tests.site import Site

ROOM = {
    "/inbox": "inbox", "/deals": "sales", "/contacts": "lists", "/tasks": "work", "/calls": "calls", "/channels": "channels",
    "/rules": "bot", "/journal": "platform", "/users": "admin", "/profile": "account",
}  # fmt: skip


async def _raw(site: Site, address: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
    async with (
        aiohttp.ClientSession(auto_decompress=False) as client,
        client.get(site.url + address, headers=headers) as answer,
    ):
        return answer, await answer.read()


async def test_what_packs_is_packed(site: Site) -> None:
    for name in (
        "css/core.css",
        "css/core+card+inbox.css",
        "js/core/entry.js",
        "icons.svg",
        "app.webmanifest",
    ):
        plain, bare = await _raw(site, assets.url(name), **{"Accept-Encoding": "identity"})
        packed, small = await _raw(site, assets.url(name), **{"Accept-Encoding": "gzip, deflate"})
        assert (plain.status, packed.status) == (200, 200)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(small) == bare
        assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
        assert "immutable" in packed.headers["Cache-Control"]
        assert packed.headers["Vary"] == "Accept-Encoding"


async def test_the_inbox_loads_in_a_hundred_kilobytes(site: Site) -> None:
    """Scripts and styles of the first page as they go over the line, with the libraries."""
    names = [assets.sheet(rooms_of("inbox/page.html")), *assets.modules(assets.entries(("core", "inbox")))]
    names += [f"vendor/{name}" for name in assets.vendored()]
    total = 0
    for name in names:
        _, small = await _raw(site, assets.url(name), **{"Accept-Encoding": "gzip"})
        total += len(small)
    assert total < 100_000, total


def test_a_script_brings_all_it_imports() -> None:
    found = assets.modules(assets.entries(("core", "inbox")))
    assert found[:2] == ("js/core/entry.js", "js/inbox/entry.js")
    assert {"js/core/live.js", "js/core/apply.js", "js/inbox/held.js", "js/inbox/composer.js"} <= set(found)
    assert len(found) == len(set(found))
    assert not {name for name in assets.modules(assets.entries(("core", "people"))) if "/inbox/" in name}


def test_a_page_gets_the_styles_of_its_rooms() -> None:
    assert assets.sheet(rooms_of("error.html")) == "css/core.css"
    assert assets.sheet(rooms_of("inbox/page.html")) == "css/core+card+inbox.css"
    channels = assets.style_sheet(assets.sheet(rooms_of("channels/channels.html"))) or b""
    assert b".channel__name" in channels
    assert b".composer__" not in channels.replace(b".composer__via", b"")
    assert (
        channels.index(b":root")
        < channels.index(b".channel__name")
        < channels.index(b"@media (pointer: coarse)")
    )
    for odd in (
        "css/inbox.css",
        "css/core+inbox+card.css",
        "css/core+nothing.css",
        "css/core+core.css",
        "css/+.css",
    ):
        assert assets.style_sheet(odd) is None


async def test_a_page_asks_for_nothing_that_is_not_there(site: Site) -> None:
    user, _ = await site.world.user("Dara", role="admin")
    client = await site.client(user)
    for path in (
        "/inbox",
        "/deals",
        "/contacts",
        "/tasks",
        "/calls",
        "/channels",
        "/rules",
        "/journal",
        "/users",
        "/profile",
    ):
        async with client.get(path) as answer:
            html = await answer.text()
        room = "js/core/entry.js", f"js/{ROOM[path]}/entry.js"
        assert all(f'<script type="module" src="{assets.url(name)}">' in html for name in room), path
        for address in set(re.findall(r'(?:href|src)="(/static/[^"#]+)"', html)):
            async with client.get(address) as answer:
                assert answer.status == 200, address


async def test_the_board_alone_brings_what_drags(site: Site) -> None:
    user, _ = await site.world.user("Dara", role="admin")
    client = await site.client(user)
    for path, there in (("/inbox", False), ("/deals", True), ("/contacts", False)):
        async with client.get(path) as answer:
            assert ("Sortable.min.js" in await answer.text()) is there


async def test_the_pages_can_be_installed(site: Site) -> None:
    answer, body = await _raw(site, "/sw.js")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert b"addEventListener" in body
    _, body = await _raw(site, assets.url("app.webmanifest"), **{"Accept-Encoding": "identity"})
    manifest = json.loads(body)
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        found, _ = await _raw(site, assets.url(icon["src"]))
        assert found.headers["Content-Type"].startswith(icon["type"])


async def test_nothing_outside_is_given_away(site: Site) -> None:
    for name in (
        "../assets.py",
        "%2e%2e/assets.py",
        "css",
        "js/",
        "vendor/.stamp",
        "nothing.js",
        "css/core.css/",
        "css/inbox.css",
    ):
        answer, _ = await _raw(site, assets.url("") + name)
        assert answer.status == 404, name
