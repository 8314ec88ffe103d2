"""Style sheets, scripts and icons: one style sheet from all files, addresses that change with the content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
VENDOR = ("htmx.min.js", "idiomorph-ext.min.js", "Sortable.min.js")
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
    first = ("tokens.css", "base.css", "layout.css")
    return first.index(name) if name in first else len(first)


def url(path: str) -> str:
    """The address of a file under static/; `app.css` is the joined style sheet."""
    return f"/static/{version()}/{path}"


def vendor(name: str) -> str:
    return url(f"vendor/{name}")


@lru_cache(maxsize=1)
def vendored() -> tuple[str, ...]:
    """The third-party scripts that are installed; pages work without them."""
    return tuple(name for name in VENDOR if (STATIC / "vendor" / name).is_file())


async def serve(request: web.Request) -> web.StreamResponse:
    """A static file. Its address changes with its content, so that it may be kept for ever."""
    name = request.match_info["path"]
    fresh = request.match_info["version"] == version()
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if fresh else "no-cache"}
    if name == "app.css":
        return web.Response(body=style_sheet(), content_type="text/css", charset="utf-8", headers=headers)
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC) or not path.is_file() or path.suffix not in _TYPES:
        raise web.HTTPNotFound
    headers["Content-Type"] = _TYPES[path.suffix] + ("; charset=utf-8" if path.suffix != ".png" else "")
    return web.FileResponse(path, headers=headers)
