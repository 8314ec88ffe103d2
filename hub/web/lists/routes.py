"""The addresses of the lists."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.lists import fields, page, saving

OF = r"/lists/{of:contact|company|deal|lead|task}"
VIEW = r"/lists/views/{id:\d+}"
ROUTES = (
    *open_to(
        "customers",
        get("/contacts", page.show, "contacts"),
        get("/companies", page.show, "companies"),
        get("/deals/list", page.show),
        get("/leads/list", page.show),
        get("/tasks/list", page.show),
        get(OF + "/count", page.count),
        get(OF + "/fields", fields.show),
        get(OF + "/find", fields.find),
        post(OF + "/views", saving.create),
        post(OF + "/views/order", saving.place),
        post(VIEW, saving.save),
        post(VIEW + "/name", saving.rename),
        post(VIEW + "/removal", saving.remove),
        post(VIEW + "/restoration", saving.restore),
    ),
)
