"""What happens around every page: language, session, CSRF, role, errors in plain words, headers."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping

from aiohttp import web

from hub.database import UNAVAILABLE
from hub.web import csrf, session
from hub.web.addresses import Handler, Page
from hub.web.context import USER, csrf_token, is_fragment, is_signed_in, runtime
from hub.web.own_path import own_path
from hub.web.posted import POSTED, utf8_headers
from hub.web.render import page, see_other
from hub.web.security import protect
from hub.wording import i18n
from hub.wording.i18n import N_, LocaleContext, gettext, locale_context, preferred, use_locale
from values.errors import Conflict, Forbidden, Invalid, NotFound

log = logging.getLogger(__name__)

STATUS: dict[type[Exception], int] = {NotFound: 404, Forbidden: 403, Invalid: 422, Conflict: 409}
HEADINGS = {
    401: N_("Signed out"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("Not possible"),
    409: N_("Something changed meanwhile"),
    413: N_("Too large"),
    422: N_("Please check what you entered"),
    500: N_("Something went wrong"),
    503: N_("One moment"),
}
SENTENCES = {
    400: N_("This cannot be understood. Load the page again and repeat what you did."),
    404: N_("Nothing is here, or you may not see it."),
    405: N_("This address does not do that. Go back and try it from the page."),
    408: N_("The form came too slowly. Try again on a better line."),
    413: N_("This is more than can be taken at once. Send less, or smaller files."),
    422: N_("Load the page again and repeat what you did."),
}
"""What to do, where nothing better is known."""
SECRET = frozenset({"csrf", "password", "present", "again", "secret", "code"})
LONGEST = 20_000
_AWAY = N_("The hub cannot reach its database just now. Nothing is lost; try again in a moment.")


def with_session(entry: Page) -> Handler:
    """The handler with everything around it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        request = request.clone(client_max_size=entry.limit, headers=utf8_headers(request))
        is_up = await _load_session(request)
        with use_locale(_speech(request)):
            response = await _answer(entry, request) if is_up else trouble(request, 503, _AWAY)
        protect(response, secure=session.is_secure(request))
        return response

    return answer


async def _load_session(request: web.Request) -> bool:
    """False while the database cannot be asked."""
    try:
        await session.load(request)
    except UNAVAILABLE:
        log.exception("no session could be looked up", extra={"path": request.path})
        return False
    return True


@web.middleware
async def not_found_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page for an address that no page has; machines' addresses keep their own answers."""
    try:
        return await handler(request)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
        if request.path.startswith(("/api/", "/in/", "/static/")) or "html" not in request.headers.get(
            "Accept", ""
        ):
            raise
        await _load_session(request)
        with use_locale(_speech(request)):
            response = trouble(request, error.status, "")
        protect(response, secure=session.is_secure(request))
        return response


async def _answer(entry: Page, request: web.Request) -> web.StreamResponse:
    try:
        csrf.check_origin(request, runtime(request).settings.public_url)
        if entry.needs is not None:
            if not is_signed_in(request):
                return _to_sign_in(request)
            if not request[USER].can(entry.needs):
                raise Forbidden(N_("Your role does not include this page."))
            await csrf.check_token(request, csrf_token(request))
        return await entry.handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            return web.Response(status=error.status, headers=error.headers)
        return trouble(request, error.status, "")
    except tuple(STATUS) as error:
        response = trouble(request, _status(error), str(error))
        if (
            isinstance(error, Invalid) and error.field.isidentifier()
        ):  # static/js/core/forms.js says it below the field
            response.headers["X-Field"] = error.field
        return response
    except UNAVAILABLE as error:
        log.warning("page without database", extra={"path": request.path, "error": repr(error)})
        return trouble(request, 503, _AWAY)
    except Exception:  # the rim of the pages: every error becomes a page with a number, and a line in the log
        return incident(request)


def _status(error: Exception) -> int:
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def trouble(request: web.Request, status: int, sentence: str, *, incident_id: str = "") -> web.Response:
    """An error in plain words: a page, or a notice when htmx asked."""
    template = "error_notice.html" if is_fragment(request) else "error.html"
    values = {
        "status_code": status,
        "heading": gettext(HEADINGS.get(status, HEADINGS[500] if status >= 500 else HEADINGS[405])),
        "sentence": gettext(sentence or SENTENCES.get(status, "")),
        "back": _back(request),
        "typed": _typed(request),
        "incident_id": incident_id,
    }
    response = page(request, template, status=status, **values)
    if is_fragment(request):
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "beforeend"
    return response


def _back(request: web.Request) -> str:
    """The page that sent the form; nothing where that is not known."""
    given = request.headers.get("Referer", "")
    for scheme in ("http", "https"):
        if request.method == "POST" and given.startswith(f"{scheme}://{request.host}/"):
            return own_path(given.removeprefix(f"{scheme}://{request.host}"))
    return ""


def _typed(request: web.Request) -> str:
    """What was written in a form that is not shown again: words, never a secret."""
    data: Mapping[str, object] = request.get(POSTED, {})
    words = [value for name, value in data.items() if isinstance(value, str) and name not in SECRET]
    return "\n\n".join(value.strip() for value in words if " " in value.strip())[:LONGEST]


def incident(request: web.Request) -> web.Response:
    """A bug: the log gets the trace, the reader an id to quote."""
    incident_id = secrets.token_hex(4)
    log.exception(
        "page failed", extra={"incident": incident_id, "path": request.path, "method": request.method}
    )
    return trouble(request, 500, "", incident_id=incident_id)


def _to_sign_in(request: web.Request) -> web.StreamResponse:
    target = request.path_qs if request.method == "GET" and not is_fragment(request) else ""
    if request.headers.get("Accept", "").startswith("text/event-stream"):
        return web.Response(
            text="retry: 60000\nevent: signed-out\ndata: 1\n\n", content_type="text/event-stream"
        )
    if is_fragment(
        request
    ):  # the page stays as it is, with what was typed; its script asks to sign in over it
        response = trouble(request, 401, N_("You have been signed out. Sign in again; nothing is lost."))
        response.headers["HX-Reswap"] = "none"
        return response
    return see_other(
        request, str(request.app.router["signin"].url_for().with_query({"next": target} if target else {}))
    )


def _speech(request: web.Request) -> LocaleContext:
    user = request.get(USER)
    if user is not None:
        return locale_context(user.language, user.timezone)
    chosen = request.cookies.get("hub_language", "")
    default = runtime(request).settings.language
    accepted = preferred(request.headers.get("Accept-Language", ""), default)
    return locale_context(chosen if chosen in i18n.LANGUAGES else accepted)
