"""The addresses of leads, deals and their board."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.sales import board, deals, leads

DEAL = r"/deals/{id:\d+}"
ROUTES = (
    *open_to(
        "customers",
        get("/deals", board.show, "deals"),
        post("/deals", deals.create),
        get("/deals/new", deals.new),
        get(r"/stages/{id:\d+}/deals", board.column),
        get(DEAL, deals.show, "deal"),
        post(DEAL, deals.save),
        post(DEAL + "/stage", board.move),
        get("/leads", leads.show, "leads"),
        post(r"/leads/{id:\d+}/deal", leads.take),
        post(r"/leads/{id:\d+}/refusal", leads.decline),
        post(r"/leads/{id:\d+}/refusal/removal", leads.take_back),
    ),
)
