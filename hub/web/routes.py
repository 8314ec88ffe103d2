"""Every address of the pages: each room lists its own, here they are joined. `python -m hub.web.routes` prints them all."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from aiohttp import web

from hub.expecting import expected
from hub.web import assets, opt_outs, stream
from hub.web.account import routes as account
from hub.web.addresses import ANYBODY, Page, get, open_to, post
from hub.web.admin import guide
from hub.web.admin import routes as admin
from hub.web.bot import routes as bot
from hub.web.calls import routes as calls
from hub.web.card import routes as card
from hub.web.channels import routes as channels
from hub.web.inbox import routes as inbox
from hub.web.lists import routes as lists
from hub.web.navigation import GUIDE, GuideState
from hub.web.pages import not_found_middleware, with_session
from hub.web.people import routes as people
from hub.web.platform import routes as platform
from hub.web.sales import routes as sales
from hub.web.search import routes as search
from hub.web.work import routes as work

SHELL = (
    *open_to(
        ANYBODY,
        get("/sw.js", assets.service_worker),
        get("/no-mail/{token}", opt_outs.show),
        post("/no-mail/{token}", opt_outs.submit),
    ),
    *open_to("profile", get("/live", stream.live)),
)
"""What no room owns."""
ROOMS: Mapping[str, Sequence[Page]] = {
    "account": account.ROUTES,
    "inbox": inbox.ROUTES,
    "card": card.ROUTES,
    "sales": sales.ROUTES,
    "lists": lists.ROUTES,
    "search": search.ROUTES,
    "people": people.ROUTES,
    "work": work.ROUTES,
    "calls": calls.ROUTES,
    "channels": channels.ROUTES,
    "platform": platform.ROUTES,
    "bot": bot.ROUTES,
    "admin": admin.ROUTES,
}
PAGES: Sequence[Page] = (*SHELL, *(page for routes in ROOMS.values() for page in routes))


def add_routes(app: web.Application) -> None:
    """Add all pages and static files to the application."""
    app.middlewares.append(not_found_middleware)
    app.cleanup_ctx.append(stream.run_fanout)
    app[GUIDE] = GuideState()
    app.cleanup_ctx.append(guide.watch)
    for entry in PAGES:
        app.router.add_route(
            entry.method, entry.path, with_session(entry), name=entry.name, expect_handler=expected
        )
    app.router.add_get("/static/{version}/{path:.+}", assets.serve)


def listed() -> str:
    """One line an address: method, path, the ability it needs, what answers."""
    return "".join(
        f"{page.method:5}{page.path:58} {page.needs or 'anybody':19} "
        f"{page.handler.__module__}.{page.handler.__qualname__}\n"
        for page in sorted(PAGES, key=lambda page: page.path)
    )


if __name__ == "__main__":
    sys.stdout.write(listed())
