"""Style sheets and scripts: packed, kept for ever, fetched at once, and installable."""

from __future__ import annotations

import gzip
import json

import aiohttp

from hub.web import assets
from tests.site import Site


async def _raw(site: Site, address: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
    async with (
        aiohttp.ClientSession(auto_decompress=False) as client,
        client.get(site.url + address, headers=headers) as answer,
    ):
        return answer, await answer.read()


async def test_what_packs_is_packed(site: Site) -> None:
    for name in ("app.css", "js/app.js", "icons.svg", "app.webmanifest"):
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
    names = ["app.css", *(f"js/{name}" for name in (*assets.modules("app.js"), *assets.modules("inbox.js")))]
    names += [f"vendor/{name}" for name in assets.vendored()]
    total = 0
    for name in dict.fromkeys(names):
        _, small = await _raw(site, assets.url(name), **{"Accept-Encoding": "gzip"})
        total += len(small)
    assert total < 100_000, total


def test_a_script_brings_all_it_imports() -> None:
    found = assets.modules("app.js")
    assert found[0] == "app.js"
    assert {"live.js", "apply.js", "held.js", "calls.js"} <= set(found)
    assert len(found) == len(set(found))
    assert {"composer.js", "newer.js", "format.js"} <= set(assets.modules("inbox.js"))


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
    for name in ("../assets.py", "%2e%2e/assets.py", "css", "js/", "vendor/.stamp", "nothing.js", "app.css/"):
        answer, _ = await _raw(site, assets.url("") + name)
        assert answer.status == 404, name
