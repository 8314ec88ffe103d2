"""Every address of the pages, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from hub.web import assets, profile, signin
from hub.web.pages import ANYBODY, EVERYBODY, Page, guarded, lost

SHELL = (
    Page(method="GET", path="/", handler=signin.home, access=EVERYBODY),
    Page(method="GET", path="/sign-in", handler=signin.show, access=ANYBODY, name="signin"),
    Page(method="POST", path="/sign-in", handler=signin.submit, access=ANYBODY),
    Page(method="GET", path="/sign-in/code", handler=signin.show_code, access=ANYBODY, name="signin-code"),
    Page(method="POST", path="/sign-in/code", handler=signin.submit_code, access=ANYBODY),
    Page(method="GET", path="/sign-in/link/{token}", handler=signin.show_link, access=ANYBODY),
    Page(method="POST", path="/sign-in/link/{token}", handler=signin.use_link, access=ANYBODY),
    Page(method="POST", path="/sign-out", handler=signin.sign_out, access=EVERYBODY),
    Page(method="POST", path="/language", handler=signin.choose_language, access=ANYBODY),
    Page(method="GET", path="/profile", handler=profile.show, access=EVERYBODY, name="profile"),
    Page(method="POST", path="/profile", handler=profile.save, access=EVERYBODY),
    Page(method="POST", path="/profile/password", handler=profile.change_password, access=EVERYBODY),
    Page(method="POST", path="/profile/second-step", handler=profile.start_second_step, access=EVERYBODY),
    Page(
        method="POST", path="/profile/second-step/code", handler=profile.confirm_second_step, access=EVERYBODY
    ),
    Page(
        method="POST",
        path="/profile/second-step/removal",
        handler=profile.remove_second_step,
        access=EVERYBODY,
    ),
    Page(method="POST", path="/profile/sessions/removal", handler=profile.end_sessions, access=EVERYBODY),
    Page(method="POST", path="/profile/presence", handler=profile.set_in, access=EVERYBODY),
)

# Pages of contacts, deals, leads, tasks and companies.
CRM: tuple[Page, ...] = ()

# Pages of channels, journal, quarantine, ledger, users and settings.
OPS: tuple[Page, ...] = ()

PAGES: Sequence[Page] = (*SHELL, *CRM, *OPS)


def add_routes(app: web.Application) -> None:
    """Add all pages and static files to the application."""
    app.middlewares.append(lost)
    for entry in PAGES:
        app.router.add_route(entry.method, entry.path, guarded(entry), name=entry.name)
    app.router.add_get("/static/{version}/{path:.+}", assets.serve)
