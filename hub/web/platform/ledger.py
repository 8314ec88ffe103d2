"""The ledger: for each channel and day, what came in and what became of it."""

from __future__ import annotations

from itertools import groupby

from aiohttp import web

from hub.web.context import transaction
from hub.web.forms import offered
from hub.web.render import page
from inbox import ledger

DAYS = (7, 14, 30, 90)


async def show(request: web.Request) -> web.StreamResponse:
    wanted = request.query.get("days", "")
    days = offered(wanted, DAYS, DAYS[0])
    async with transaction(request) as conn:
        rows = await ledger.balance(conn, days=days)
    by_day = [(day, list(group)) for day, group in groupby(rows, key=lambda row: row.day)]
    return page(
        request,
        "platform/ledger.html",
        by_day=by_day,
        wrong=[row for row in rows if row.difference],
        days=days,
        choices=DAYS,
    )
