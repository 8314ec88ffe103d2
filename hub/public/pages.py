"""The pages: a hosted form, its thanks, and the chat's own page that sites show in a frame."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

import orjson
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from connectors.sitechat.settings import settings_of
from connectors.webform.people import email_of
from connectors.webform.render import Sheet, form_page, page_headers, sorry_page, thanks_page
from connectors.webform.settings import MEGABYTE
from connectors.webform.settings import settings_of as form_settings
from connectors.webform.texts import say
from hub.public.assets import page_policy
from hub.public.channel import channel_of, language_of
from hub.public.words import SAID_BY_SCRIPTS

PREFILL = 500


async def form(request: web.Request) -> web.StreamResponse:
    """The hosted form; `?embed=1` for a frame, `?name=…` fills a field in."""
    channel = channel_of(request, "webform")
    sheet = Sheet(
        channel=channel.config,
        language=language_of(request, channel),
        embedded="embed" in request.query,
        is_light=request.query.get("theme") == "light",
        values=_prefilled(request, [field.name for field in form_settings(channel.config).fields]),
        hidden={name: value[:PREFILL] for name, value in request.query.items() if name.startswith("utm_")},
    )
    if channel.row.is_paused:
        text = say(sheet.language, "This form is paused at the moment.")
        paused = Sheet(channel=sheet.channel, language=sheet.language, embedded=sheet.embedded, problem=text)
        return _html(sorry_page(paused), headers=page_headers(channel.config), status=503)
    return _html(form_page(sheet, at=datetime.now(UTC)), headers=page_headers(channel.config))


async def thanks(request: web.Request) -> web.StreamResponse:
    """After an entry; safe to load again."""
    channel = channel_of(request, "webform")
    sheet = Sheet(
        channel=channel.config,
        language=language_of(request, channel),
        embedded="embed" in request.query,
        is_light=request.query.get("theme") == "light",
    )
    page = thanks_page(sheet, back=request.query.get("back", ""))
    return _html(page, headers=page_headers(channel.config))


async def chat(request: web.Request) -> web.StreamResponse:
    """The chat, in a frame or as a page of its own."""
    channel = channel_of(request, "sitechat")
    language, settings = language_of(request, channel), settings_of(channel.config)
    words = {text: say(language, text) for text in SAID_BY_SCRIPTS}
    page = _template("chat.html").render(
        slug=channel.row.slug,
        language=language,
        settings=settings,
        say=partial(say, language),
        framed="embed" in request.query,
        words=orjson.dumps(words).decode(),
        max_mb=settings.max_file // MEGABYTE,
    )
    return _html(page, headers=page_policy(settings.allowed))


def _prefilled(request: web.Request, names: list[str]) -> dict[str, str]:
    values = {name: request.query[name][:PREFILL] for name in names if name in request.query}
    if "email" in values and not email_of(values["email"]):
        del values["email"]
    return values


def _html(text: str, *, headers: dict[str, str], status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


@lru_cache(maxsize=4)
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
