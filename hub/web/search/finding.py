"""What was found, by kinds: a few of each, or one kind further down."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from hub.searching import service
from hub.searching.service import KINDS, LONGEST, SHORTEST, Kind
from hub.web.context import is_fragment, transaction, viewer
from hub.web.render import page
from hub.wording.i18n import N_

FEW: Final = 6
MANY: Final = 50
LABELS: Final[dict[Kind, str]] = {
    "contact": N_("Contacts"),
    "company": N_("Companies"),
    "deal": N_("Deals"),
    "lead": N_("Leads"),
    "task": N_("Tasks"),
    "message": N_("Conversations"),
}


async def show(request: web.Request) -> web.StreamResponse:
    """A page; for the palette only its entries. `kind` names the one that is shown further down."""
    query = request.query.get("q", "").strip()[:LONGEST]
    asked = request.query.get("kind", "")
    kind = asked if asked in KINDS else None
    async with transaction(request) as conn:
        found = await service.search(
            conn, viewer(request), query, kinds=(kind,) if kind else KINDS, limit=MANY if kind else FEW
        )
    values: dict[str, Any] = {
        "query": query,
        "kind": kind,
        "labels": LABELS,
        "found": found,
        "is_short": len(query) < SHORTEST,
    }
    return page(request, "search/found.html" if is_fragment(request) else "search/page.html", **values)
