"""The addresses of the guide, routing, users, the audit and settings."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.admin import audit, field, fields, guide, routing, routing_rules, settings, users

ROUTE = r"/routing/{id:\d+}"
FIELD = r"/fields/{id:\d+}"
ROUTES = (
    *open_to(
        "guide",
        get("/guide", guide.show, "guide"),
        post("/guide", guide.dismiss),
    ),
    *open_to(
        "routing",
        get("/routing", routing_rules.show, "routing"),
        post("/routing", routing_rules.save),
        get(ROUTE, routing_rules.edit),
        post(ROUTE, routing_rules.save),
        post(ROUTE + "/removal", routing_rules.remove),
        post(ROUTE + "/removal/undo", routing_rules.restore),
        post(ROUTE + "/order", routing_rules.move),
        get(r"/users/{id:\d+}/routing", routing.show),
        post(r"/users/{id:\d+}/routing", routing.save),
    ),
    *open_to(
        "users",
        get("/users", users.show, "users"),
        post("/users", users.create),
        get("/users/new", users.new),
        get(r"/users/{id:\d+}", users.edit, "user"),
        post(r"/users/{id:\d+}", users.save),
        post(r"/users/{id:\d+}/link", users.reset),
        post(r"/users/{id:\d+}/removal", users.deactivate),
        post(r"/users/{id:\d+}/restoration", users.activate),
    ),
    *open_to(
        "audit",
        get("/audit", audit.show, "audit"),
    ),
    *open_to(
        "settings",
        get("/settings", settings.show, "settings"),
        get("/fields", fields.show, "fields"),
        post("/fields", fields.create),
        post("/fields/found", fields.take_found),
        post("/fields/found/removal", fields.set_aside),
        get(FIELD, field.show, "field"),
        post(FIELD, field.save),
        post(FIELD + "/order", fields.move),
        post(FIELD + "/retirement", field.retire),
        post(FIELD + "/retirement/removal", field.restore),
        post(FIELD + "/options", field.add_option),
        post(FIELD + r"/options/{option_id:\d+}", field.save_option),
    ),
)
