"""The pages of a form: the form itself, also with what was typed and what is wrong, and the thank-you page."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from connectors.contract import ChannelConfig, RawInput
from connectors.webform.guard import opened
from connectors.webform.origins import frame_ancestors
from connectors.webform.settings import MEGABYTE, FormSettings, settings_of
from connectors.webform.texts import say
from connectors.webform.tokens import sign, unsign

BACK: Final = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """How a form is shown: to whom, where, and with what in it."""

    channel: ChannelConfig
    language: str
    embedded: bool = False
    is_light: bool = False
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    faults: Mapping[str, str] = field(default_factory=dict[str, str])
    problem: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict[str, str])


def form_page(sheet: Sheet, *, at: datetime) -> str:
    """The form. `hidden` fields that are there already (a second try) stay as they are."""
    settings = settings_of(sheet.channel)
    hidden = {
        "id": secrets.token_urlsafe(12),
        "_started": opened(sheet.channel, at),
        "_hosted": "embed" if sheet.embedded else "page",
        "_language": sheet.language,
        **sheet.hidden,
    }
    return _template("form.html").render(
        **_common(sheet, settings),
        values=sheet.values,
        faults=sheet.faults,
        problem=sheet.problem,
        hidden=hidden,
        has_files=any(known.kind == "file" for known in settings.fields),
        max_mb=settings.max_file // MEGABYTE,
        thanks_address=thanks_address(sheet),
    )


def thanks_page(sheet: Sheet, *, back: str = "") -> str:
    """The thank-you page; `back` is the signed address of the page people came from."""
    return _template("thanks.html").render(
        **_common(sheet, settings_of(sheet.channel)), **_way_back(sheet.channel, back)
    )


def sorry_page(sheet: Sheet, *, back: str = "") -> str:
    """For a form of somebody's own: why an entry was not taken."""
    return _template("sorry.html").render(
        **_common(sheet, settings_of(sheet.channel)),
        **_way_back(sheet.channel, back),
        problem=sheet.problem,
    )


def thanks_address(sheet: Sheet, *, raw: RawInput | None = None) -> str:
    """Where a browser goes after sending."""
    query = {"lang": sheet.language}
    if sheet.embedded:
        query["embed"] = "1"
    if sheet.is_light:
        query["theme"] = "light"
    if raw and (back := way_back(raw, sheet.channel)):
        query["back"] = back
    return f"/form/{sheet.channel.slug}/thanks?{urlencode(query)}"


def way_back(raw: RawInput, channel: ChannelConfig) -> str:
    """The page that sent a form, signed, so that nobody else can make our page link anywhere."""
    address = raw.headers.get("referer", "")[:1000]
    if not address.startswith(("http://", "https://")) or not channel.secret:
        return ""
    return sign(channel.secret, BACK, {"u": address})


def page_headers(channel: ChannelConfig) -> dict[str, str]:
    """What the pages of a form tell browsers: no foreign script or style, frames only where the list allows."""
    ancestors = frame_ancestors(settings_of(channel).allowed)
    return {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cache-Control": "no-store",
    }


def theme(color: str) -> str:
    """A style sheet with the channel's colour, and ink that can be read on it."""
    red, green, blue = (int(color[n : n + 2], 16) for n in (1, 3, 5))
    ink = "#ffffff" if _luminance(red, green, blue) < 0.4 else "#14171a"
    return f":root {{ --accent: {color}; --on-accent: {ink}; }}\n"


def _luminance(*channels: int) -> float:
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _common(sheet: Sheet, settings: FormSettings) -> dict[str, object]:
    return {
        "settings": settings,
        "slug": sheet.channel.slug,
        "language": sheet.language,
        "embedded": sheet.embedded,
        "is_light": sheet.is_light,
        "say": partial(say, sheet.language),
    }


def _way_back(channel: ChannelConfig, token: str) -> dict[str, str]:
    data = unsign(channel.secret, BACK, token) or {}
    address = str(data.get("u") or "")
    return {"back": address, "back_site": urlsplit(address).hostname or "" if address else ""}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)
