"""Templates to answers: whole pages, parts of them for htmx and for live pushes."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, cast

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crm_core.access.abilities import Ability
from crm_core.users.model import User
from hub.facts import title_of
from hub.web import assets, flashes, handles, moments, naming, navigation, zones
from hub.web.agents import browser, is_handheld
from hub.web.context import USER, csrf_token, is_fragment, runtime
from hub.web.formats import FILTERS, now
from hub.web.histories import history
from hub.web.hits import marked as hit
from hub.web.marked import marked
from hub.web.previews import preview
from hub.web.rooms import room_of, rooms_of
from hub.wording import i18n
from hub.wording.catalogs import LANGUAGES, WEB
from inbox.calls.dialling import can_dial

TELL_ZONE = "hub_zone"
"""The cookie of somebody whose time zone was just taken from the browser."""

# Macros ask for it: imported without the context of a page they are made once and for all.
_csrf: ContextVar[str] = ContextVar("csrf", default="")
_reader: ContextVar[User | None] = ContextVar("reader", default=None)


class LenientUndefined(StrictUndefined):
    """A missing value is an error where it is printed, and merely false, and equal to nothing, where it is asked for."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=LenientUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.policies["ext.i18n.trimmed"] = True
    # Translations are plain text, escaped where they are printed like everything else: Jinja's own newstyle functions
    # would declare a whole sentence harmless, and with it whatever a customer has put into it.
    env.newstyle_gettext = True  # pyright: ignore[reportAttributeAccessIssue] - known to the i18n extension
    cast("dict[str, Any]", env.filters).update(
        FILTERS
        | naming.FILTERS
        | handles.FILTERS
        | {"browser": browser, "is_handheld": is_handheld}
        | {
            "calendar_day": moments.day_input,
            "yearly": moments.yearly,
            "hit": hit,
            "marked": marked,
            "preview": preview,
            "history": history,
            "happened": title_of,
        }
    )
    cast("dict[str, Any]", env.globals).update(
        gettext=_gettext,
        ngettext=_ngettext,
        pgettext=_pgettext,
        static=assets.url,
        vendor=assets.vendor,
        entries=assets.entries,
        modules=assets.modules,
        languages=LANGUAGES,
        speech=i18n.current,
        clock_now=now,
        icons_of_channels=handles.ICONS_OF_CHANNELS,
        when_choices=moments.choices,
        when_clocks=moments.clocks,
        when_names=moments.names,
        csrf_value=_csrf.get,
        reader_can=_reader_can,
    )
    return env


def _reader_can(ability: Ability) -> bool:
    """Whether whoever the template is drawn for has the ability; nobody has none."""
    reader = _reader.get()
    return reader is not None and reader.can(ability)


def _gettext(message: str, /, **values: object) -> str:
    """Without values nothing is filled in: the message may be somebody's text with a % in it."""
    return i18n.gettext(message) % values if values else i18n.gettext(message).replace("%%", "%")


def _ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    return i18n.ngettext(one, many, n) % {"num": n, **values}


def _pgettext(context: str, message: str, /, **values: object) -> str:
    return i18n.pgettext(context, message) % values


ENV = _environment()


def text(template: str, **values: Any) -> str:
    """A rendered template in the language in force."""
    token, reader = _csrf.set(values.get("csrf", "")), _reader.set(values.get("user"))
    try:
        return ENV.get_template(template).render(values)
    finally:
        _csrf.reset(token)
        _reader.reset(reader)


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A whole page, or only its `content` when htmx asks for a part."""
    loaded = {"room": room_of(template), "sheet": assets.sheet(rooms_of(template))}
    content = text(template, **{**common(request), **loaded, **values})
    response = web.Response(text=content, status=status, content_type="text/html")
    response.headers["Vary"] = "HX-Request"
    if is_zone_told(request):
        response.del_cookie(TELL_ZONE)
    if flashes.COOKIE in request.cookies and not is_fragment(request):
        response.del_cookie(flashes.COOKIE)
    return response


def is_zone_told(request: web.Request) -> bool:
    """Whether this page says that the user's time zone was taken from the browser."""
    return TELL_ZONE in request.cookies and USER in request and not is_fragment(request)


def see_other(request: web.Request, address: str) -> web.Response:
    """After a form: the next page. htmx is told to load it; a browser follows."""
    if is_fragment(request):
        return web.Response(status=204, headers={"HX-Redirect": address})
    return web.Response(status=303, headers={"Location": address})


def common(request: web.Request) -> Mapping[str, Any]:
    """What every template may use."""
    user = request.get(USER)
    return {
        "user": user,
        "csrf": csrf_token(request),
        "path": request.path,
        "is_fragment": is_fragment(request),
        "nav": navigation.for_user(request, user) if user else (),
        "vendored": assets.vendored(),
        "dials": bool(user) and bool(can_dial(runtime(request).directory)),
        "public_url": runtime(request).settings.public_url,
        "flash": flashes.waiting(request),
        "acted": request.get(flashes.ACTED),
        "zone_told": zones.words(user.timezone) if user and is_zone_told(request) else "",
    }
