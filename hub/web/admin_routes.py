"""Addresses of what only admins see: the bot's rules, routing, users, tokens, webhooks, audit, settings."""

from __future__ import annotations

from hub.web.admin import audit, routing, routing_rules, settings, users
from hub.web.bot import figures as bot_figures
from hub.web.bot import learning, rule_files, rules, transcripts
from hub.web.navigation import ADMINS
from hub.web.pages import Page
from hub.web.platform import tokens, webhooks

RULES = r"/rules/versions/{id:\d+}"
ROUTE = r"/routing/{id:\d+}"
ADMIN: tuple[Page, ...] = (
    Page(method="GET", path="/rules", handler=rules.show, access=ADMINS, name="rules"),
    Page(method="POST", path="/rules", handler=rules.save, access=ADMINS),
    Page(method="POST", path="/rules/check", handler=rules.check, access=ADMINS),
    Page(method="POST", path="/rules/trial", handler=rules.attempt, access=ADMINS),
    Page(method="POST", path="/rules/transcripts", handler=transcripts.run, access=ADMINS),
    Page(method="GET", path="/rules/file", handler=rule_files.download, access=ADMINS),
    Page(method="POST", path="/rules/file", handler=rule_files.upload, access=ADMINS),
    Page(method="GET", path=RULES + "/file", handler=rule_files.download_version, access=ADMINS),
    Page(method="POST", path="/rules/rehearsals", handler=learning.rehearsal, access=ADMINS),
    Page(method="GET", path="/rules/statistics", handler=bot_figures.show, access=ADMINS),
    Page(method="GET", path="/rules/questions", handler=learning.questions, access=ADMINS),
    Page(method="POST", path="/rules/questions", handler=learning.answer, access=ADMINS),
    Page(method="GET", path=RULES, handler=rules.version, access=ADMINS),
    Page(method="POST", path=RULES + "/restoration", handler=rules.restore, access=ADMINS),
    Page(method="GET", path="/routing", handler=routing_rules.show, access=ADMINS, name="routing"),
    Page(method="POST", path="/routing", handler=routing_rules.save, access=ADMINS),
    Page(method="GET", path=ROUTE, handler=routing_rules.edit, access=ADMINS),
    Page(method="POST", path=ROUTE, handler=routing_rules.save, access=ADMINS),
    Page(method="POST", path=ROUTE + "/removal", handler=routing_rules.remove, access=ADMINS),
    Page(method="POST", path=ROUTE + "/removal/undo", handler=routing_rules.restore, access=ADMINS),
    Page(method="POST", path=ROUTE + "/order", handler=routing_rules.move, access=ADMINS),
    Page(method="GET", path="/users", handler=users.show, access=ADMINS, name="users"),
    Page(method="POST", path="/users", handler=users.create, access=ADMINS),
    Page(method="GET", path="/users/new", handler=users.new, access=ADMINS),
    Page(method="GET", path=r"/users/{id:\d+}", handler=users.edit, access=ADMINS, name="user"),
    Page(method="POST", path=r"/users/{id:\d+}", handler=users.save, access=ADMINS),
    Page(method="GET", path=r"/users/{id:\d+}/routing", handler=routing.show, access=ADMINS),
    Page(method="POST", path=r"/users/{id:\d+}/routing", handler=routing.save, access=ADMINS),
    Page(method="POST", path=r"/users/{id:\d+}/link", handler=users.reset, access=ADMINS),
    Page(method="POST", path=r"/users/{id:\d+}/removal", handler=users.deactivate, access=ADMINS),
    Page(method="POST", path=r"/users/{id:\d+}/restoration", handler=users.activate, access=ADMINS),
    Page(method="GET", path="/tokens", handler=tokens.show, access=ADMINS, name="tokens"),
    Page(method="POST", path="/tokens", handler=tokens.create, access=ADMINS),
    Page(method="POST", path=r"/tokens/{id:\d+}/removal", handler=tokens.revoke, access=ADMINS),
    Page(method="GET", path="/webhooks", handler=webhooks.show, access=ADMINS, name="webhooks"),
    Page(method="POST", path="/webhooks", handler=webhooks.create, access=ADMINS),
    Page(method="POST", path=r"/webhooks/{id:\d+}/pause", handler=webhooks.pause, access=ADMINS),
    Page(method="POST", path=r"/webhooks/{id:\d+}/pause/removal", handler=webhooks.resume, access=ADMINS),
    Page(method="POST", path=r"/webhooks/{id:\d+}/secret", handler=webhooks.rotate, access=ADMINS),
    Page(method="GET", path=r"/webhooks/{id:\d+}", handler=webhooks.one, access=ADMINS, name="webhook"),
    Page(method="POST", path=r"/webhooks/{id:\d+}/removal", handler=webhooks.remove, access=ADMINS),
    Page(method="POST", path=r"/webhooks/{id:\d+}/pings", handler=webhooks.try_out, access=ADMINS),
    Page(
        method="POST",
        path=r"/webhooks/{id:\d+}/deliveries/{delivery}/retry",
        handler=webhooks.resend,
        access=ADMINS,
    ),
    Page(method="GET", path="/audit", handler=audit.show, access=ADMINS, name="audit"),
    Page(method="GET", path="/settings", handler=settings.show, access=ADMINS, name="settings"),
)
