"""Style sheets, scripts and icons: one style sheet from all files, addresses that change with the content."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
VENDOR = ("htmx.min.js", "idiomorph-ext.min.js")
"""On every page; Sortable.min.js is for the board alone."""
PACKED = frozenset((".css", ".js", ".svg", ".webmanifest"))
"""What gets smaller by packing."""
_IMPORTED = re.compile(r"""^import (?:[^"']* from )?["']\./([\w-]+\.js)["'];""", re.MULTILINE)
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@lru_cache(maxsize=1)
def version() -> str:
    """A name for the present content of all files."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            digest.update(str(path.relative_to(STATIC)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def style_sheet() -> bytes:
    """All style sheets as one file, in the order of their names within `order`."""
    files = sorted((STATIC / "css").glob("*.css"), key=lambda path: (_rank(path.name), path.name))
    return b"\n".join(path.read_bytes() for path in files)


def _rank(name: str) -> int:
    """Values and bare elements first; what a finger needs last, over everything."""
    first = ("tokens.css", "base.css", "layout.css")
    return first.index(name) if name in first else len(first) + (name == "touch.css")


def url(path: str) -> str:
    """The address of a file under static/; `app.css` is the joined style sheet."""
    return f"/static/{version()}/{path}"


def vendor(name: str) -> str:
    return url(f"vendor/{name}")


@lru_cache(maxsize=1)
def vendored() -> tuple[str, ...]:
    """The third-party scripts that are installed; pages work without them."""
    return tuple(name for name in VENDOR if (STATIC / "vendor" / name).is_file())


@lru_cache(maxsize=8)
def modules(entry: str) -> tuple[str, ...]:
    """A script and all it imports, so that the browser fetches them at once instead of one after the other."""
    found: list[str] = []
    wanted = [entry]
    while wanted:
        name = wanted.pop(0)
        if name not in found:
            found.append(name)
            wanted += _IMPORTED.findall((STATIC / "js" / name).read_text(encoding="utf-8"))
    return tuple(found)


@lru_cache(maxsize=256)
def _packed(name: str, _version: str) -> bytes:
    content = style_sheet() if name == "app.css" else (STATIC / name).read_bytes()
    return gzip.compress(content, 9, mtime=0)


async def service_worker(_request: web.Request) -> web.StreamResponse:
    """The script that makes the pages installable; it has to be at the root to answer for all of them."""
    path = STATIC / "js" / "worker.js"
    headers = {"Cache-Control": "no-cache", "Content-Type": "text/javascript; charset=utf-8"}
    return web.FileResponse(path, headers=headers)


async def serve(request: web.Request) -> web.StreamResponse:
    """A static file. Its address changes with its content, so that it may be kept for ever."""
    name = request.match_info["path"]
    fresh = request.match_info["version"] == version()
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if fresh else "no-cache"}
    path = (STATIC / name).resolve()
    is_there = name == "app.css" or (path.is_relative_to(STATIC) and path.is_file())
    if not is_there or path.suffix not in _TYPES:
        raise web.HTTPNotFound
    headers["Content-Type"] = _TYPES[path.suffix] + ("; charset=utf-8" if path.suffix in PACKED else "")
    if path.suffix in PACKED:
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=_packed(path.relative_to(STATIC).as_posix(), version()), headers=headers)
    if name == "app.css":
        return web.Response(body=style_sheet(), headers=headers)
    return web.FileResponse(path, headers=headers)
