"""Statistics of calls over some days."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from aiohttp import web

from hub.web.context import transaction, viewer
from hub.web.formats import now
from hub.web.forms import offered
from hub.web.render import page
from hub.wording.i18n import N_, current
from inbox.calls.statistics import statistics

SPANS = ((1, N_("Today")), (7, N_("7 days")), (30, N_("30 days")), (90, N_("90 days")))


async def show(request: web.Request) -> web.StreamResponse:
    asked = request.query.get("days", "7")
    days = offered(asked, [span for span, _ in SPANS], 7)
    zone = current().zone
    local = now().astimezone(zone)
    since = datetime.combine(local.date() - timedelta(days=days - 1), time(0), zone)
    async with transaction(request) as conn:
        found = await statistics(
            conn, viewer(request), since=since, until=now() + timedelta(minutes=5), timezone=str(zone)
        )
    most = max([1, *(hour.answered + hour.missed for hour in found.hours)])
    return page(request, "calls/statistics.html", found=found, days=days, spans=SPANS, most=most)
