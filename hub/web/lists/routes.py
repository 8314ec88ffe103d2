"""The addresses of the lists."""

from __future__ import annotations

from hub.web.addresses import get, open_to
from hub.web.lists import page

OF = r"/lists/{of:contact|company|deal|lead|task}"
ROUTES = (
    *open_to(
        "customers",
        get("/contacts", page.show, "contacts"),
        get("/companies", page.show, "companies"),
        get("/deals/list", page.show),
        get("/leads/list", page.show),
        get("/tasks/list", page.show),
        get(OF + "/count", page.count),
    ),
)
