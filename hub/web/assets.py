"""Style sheets, scripts and icons: the files of a page's rooms, at addresses that change with the content."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
VENDOR = ("htmx.min.js", "idiomorph-ext.min.js")
"""On every page; Sortable.min.js is for the board alone."""
PACKED = frozenset((".css", ".js", ".svg", ".webmanifest"))
"""What gets smaller by packing."""
CORE = "core"
"""The folder of what every page loads; the other folders of css/ and js/ are rooms."""
_IMPORTED = re.compile(r"""^import (?:[^"']* from )?["'](\.{1,2}/[\w./-]+\.js)["'];""", re.MULTILINE)
_SHEET = re.compile(r"css/([a-z+]+)\.css")
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


def sheet(rooms: Iterable[str]) -> str:
    """The path of the style sheet of a page: what every page needs and what these rooms add, in one file."""
    styled = {room for room in rooms if room != CORE and (STATIC / "css" / room).is_dir()}
    return f"css/{'+'.join((CORE, *sorted(styled)))}.css"


def style_sheet(path: str) -> bytes | None:
    """The components of the rooms that a path of `sheet` names, joined; None where it is no such path."""
    found = _SHEET.fullmatch(path)
    rooms = found[1].split("+") if found else []
    if not rooms or sheet(rooms) != path:
        return None
    files = [file for room in rooms for file in (STATIC / "css" / room).glob("*.css")]
    return b"\n".join(file.read_bytes() for file in sorted(files, key=_rank))


def _rank(file: Path) -> tuple[int, str, bool]:
    """Values and bare elements first; what a finger needs last, over everything; of one name the shared one first."""
    first = ("tokens.css", "base.css", "layout.css")
    rank = first.index(file.name) if file.name in first else len(first) + (file.name == "touch.css")
    return rank, file.name, file.parent.name != CORE


def url(path: str) -> str:
    """The address of a file under static/, or of a `sheet`."""
    return f"/static/{version()}/{path}"


def vendor(name: str) -> str:
    return url(f"vendor/{name}")


@lru_cache(maxsize=1)
def vendored() -> tuple[str, ...]:
    """The third-party scripts that are installed; pages work without them."""
    return tuple(name for name in VENDOR if (STATIC / "vendor" / name).is_file())


def entries(names: Iterable[str]) -> tuple[str, ...]:
    """The scripts of a page: `room` is the entry of a room if it has one, `room/script` what one page of it has beyond."""
    paths = [f"js/{name}.js" if "/" in name else f"js/{name}/entry.js" for name in names if name]
    return tuple(path for path in paths if (STATIC / path).is_file())


@lru_cache(maxsize=64)
def modules(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Scripts and all they import, so that the browser fetches them at once instead of one after the other."""
    found: list[str] = []
    wanted = list(paths)
    while wanted:
        name = wanted.pop(0)
        if name not in found:
            found.append(name)
            folder = (STATIC / name).parent
            wanted += [
                (folder / each).resolve().relative_to(STATIC.resolve()).as_posix()
                for each in _IMPORTED.findall((STATIC / name).read_text(encoding="utf-8"))
            ]
    return tuple(found)


@lru_cache(maxsize=256)
def _packed(name: str, _version: str) -> bytes:
    return gzip.compress(style_sheet(name) or (STATIC / name).read_bytes(), 9, mtime=0)


async def service_worker(_request: web.Request) -> web.StreamResponse:
    """The script that makes the pages installable; it has to be at the root to answer for all of them."""
    path = STATIC / "js" / CORE / "worker.js"
    headers = {"Cache-Control": "no-cache", "Content-Type": "text/javascript; charset=utf-8"}
    return web.FileResponse(path, headers=headers)


async def serve(request: web.Request) -> web.StreamResponse:
    """A static file. Its address changes with its content, so that it may be kept for ever."""
    name = request.match_info["path"]
    fresh = request.match_info["version"] == version()
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if fresh else "no-cache"}
    joined = style_sheet(name)
    path = (STATIC / name).resolve()
    is_there = joined is not None or (path.is_relative_to(STATIC) and path.is_file())
    if not is_there or path.suffix not in _TYPES:
        raise web.HTTPNotFound
    headers["Content-Type"] = _TYPES[path.suffix] + ("; charset=utf-8" if path.suffix in PACKED else "")
    if path.suffix in PACKED:
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=_packed(path.relative_to(STATIC).as_posix(), version()), headers=headers)
    if joined is not None:
        return web.Response(body=joined, headers=headers)
    return web.FileResponse(path, headers=headers)
