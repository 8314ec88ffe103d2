"""The address of the search."""

from __future__ import annotations

from hub.web.addresses import get, open_to
from hub.web.search import finding

ROUTES = (*open_to("customers", get("/search", finding.show, "search")),)
