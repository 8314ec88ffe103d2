"""A mail's HTML, made harmless, for a sandboxed frame: no scripts, no forms, no remote images until asked."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Mapping
from uuid import UUID

import nh3
from aiohttp import web

from crm_core.users.model import Viewer
from hub.web.context import ident, runtime, transaction, viewer
from hub.web.inbox.mail_colors import harmless_style, readable
from hub.web.render import text as rendered
from inbox.files import service as files
from inbox.views import queries

MAX_HTML = 1_000_000
MAX_DEPTH = 400
LONG_TAG = 20_000
MOST_ATTRIBUTES = 2_000
MAX_INLINE = 3 * 1024 * 1024
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset({"br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "source"})
_STYLES = frozenset(
    word
    for line in (
        "color background-color background font font-family font-size font-style font-weight line-height",
        "text-align text-decoration vertical-align white-space list-style-type direction display",
        "padding padding-left padding-right padding-top padding-bottom",
        "margin margin-left margin-right margin-top margin-bottom width height max-width min-width",
        "border border-left border-right border-top border-bottom border-collapse border-spacing border-radius",
    )
    for word in line.split()
)
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "align", "valign", "width", "height", "bgcolor", "color", "title"},
    "a": {"href", "name"},
    "img": {"src", "alt"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "font": {"face", "size"},
}
_TAGS = nh3.ALLOWED_TAGS | {"font", "center", "big"}


async def show(request: web.Request) -> web.StreamResponse:
    """The document of the frame. It runs nothing, sends nothing and, unless asked, fetches nothing."""
    id_, with_images = ident(request), request.query.get("images") == "1"
    async with transaction(request) as conn:
        html = await queries.html_of(conn, viewer(request), id_)
        message = await queries.message(conn, viewer(request), id_)
    images = await _inline_images(
        request, viewer(request), {f.content_id: f.id for f in message.files if f.content_id and f.is_here}
    )
    body = await asyncio.to_thread(clean, html, images=images, remote=with_images)
    response = web.Response(text=rendered("inbox/mail.html", body=body), content_type="text/html")
    sources = "data: https: http:" if with_images else "data:"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src {sources}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def clean(html: str, *, images: Mapping[str, str], remote: bool) -> str:
    """Pure. Harmless HTML; `images` maps content ids to data: addresses. What is built beyond reason is shown as its source."""
    html = html[:MAX_HTML]
    if _is_absurd(html):
        return nh3.clean_text(html)

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return _source(value, images, remote=remote)
        return harmless_style(value) if name == "style" else value

    return nh3.clean(
        readable(html),
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=attribute,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
    )


def _source(value: str, images: Mapping[str, str], *, remote: bool) -> str | None:
    if value.lower().startswith("cid:"):
        return images.get(value[4:].strip("<>"))
    if value.startswith("data:image/") and not value.startswith("data:image/svg"):
        return value
    return value if remote and value.startswith(("https://", "http://")) else None


def _is_absurd(html: str) -> bool:
    """Nesting or attributes beyond what any mail has, found in linear time: sanitisers are slow on them."""
    depth = 0
    for match in _TAG.finditer(html):
        if match[1]:
            depth -= 1
        elif match[2].lower() not in _VOID:
            depth += 1
        if depth > MAX_DEPTH:
            return True
    return any(
        len(part) > LONG_TAG and part.count(" ") + part.count("/") > MOST_ATTRIBUTES
        for part in html.split(">")
    )


async def _inline_images(request: web.Request, who: Viewer, wanted: Mapping[str, UUID]) -> dict[str, str]:
    """Pictures that came with the mail, as data: addresses: the frame has no cookies to fetch them with."""
    found: dict[str, str] = {}
    left = MAX_INLINE
    async with runtime(request).pool.acquire() as conn:
        for content_id, file_id in wanted.items():
            row = await files.open_file(conn, who, file_id)
            content = row.content
            if row.mime.startswith("image/") and "svg" not in row.mime and len(content) <= left:
                left -= len(content)
                found[content_id.strip("<>")] = f"data:{row.mime};base64,{base64.b64encode(content).decode()}"
    return found
