"""The addresses of the guide, routing, users, the audit and settings."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.admin import audit, guide, routing, routing_rules, settings, users
from hub.web.navigation import ADMINS

ROUTE = r"/routing/{id:\d+}"
ROUTES = (
    *open_to(
        ADMINS,
        get("/guide", guide.show, "guide"),
        post("/guide", guide.dismiss),
        get("/routing", routing_rules.show, "routing"),
        post("/routing", routing_rules.save),
        get(ROUTE, routing_rules.edit),
        post(ROUTE, routing_rules.save),
        post(ROUTE + "/removal", routing_rules.remove),
        post(ROUTE + "/removal/undo", routing_rules.restore),
        post(ROUTE + "/order", routing_rules.move),
        get("/users", users.show, "users"),
        post("/users", users.create),
        get("/users/new", users.new),
        get(r"/users/{id:\d+}", users.edit, "user"),
        post(r"/users/{id:\d+}", users.save),
        get(r"/users/{id:\d+}/routing", routing.show),
        post(r"/users/{id:\d+}/routing", routing.save),
        post(r"/users/{id:\d+}/link", users.reset),
        post(r"/users/{id:\d+}/removal", users.deactivate),
        post(r"/users/{id:\d+}/restoration", users.activate),
        get("/audit", audit.show, "audit"),
        get("/settings", settings.show, "settings"),
    ),
)
