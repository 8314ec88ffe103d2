"""The addresses of calls: lists, one of them, what rings, what is dialled."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.calls import figures, lists, one, popups

CALL = r"/calls/{id:\d+}"
ROUTES = (
    *open_to(
        "customers",
        get("/calls", lists.show, "calls"),
        get("/calls/statistics", figures.show),
        post(CALL + r"/identity/{suggestion_id:\d+}", one.identify),
        get("/calls/now", popups.now),
        get(CALL, one.show, "call"),
        get(CALL + "/panel", popups.panel),
        post(CALL + "/note", one.note),
        post(CALL + "/outcome", one.conclude),
        post(CALL + "/blocking", one.block),
        post("/dials", popups.place),
    ),
)
