"""What concerns the whole installation: its facts, and the way to tokens, webhooks and the audit log."""

from __future__ import annotations

from aiohttp import web

import hub
from hub.settings import VARIABLES
from hub.web.admin import guide, store
from hub.web.context import runtime, transaction
from hub.web.render import page


async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        is_dismissed = await store.is_set(conn, guide.SETTING)
        server, size = await store.database_facts(conn)
    return page(
        request,
        "admin/settings.html",
        settings=runtime(request).settings,
        variables=VARIABLES,
        is_dismissed=is_dismissed,
        version=hub.__version__,
        server=server,
        size=size,
    )
