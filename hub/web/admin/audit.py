"""The audit log: who did what, when and from where."""

from __future__ import annotations

from aiohttp import web

from crm_core.users import service as users
from hub.audit import service as audit
from hub.web.context import transaction
from hub.web.render import page
from hub.wording.i18n import N_, gettext

AREAS = {
    "session": N_("Signing in"),
    "user": N_("Users"),
    "channel": N_("Channels"),
    "rules": N_("Bot rules"),
    "journal": N_("Journal"),
    "quarantine": N_("Quarantine"),
    "token": N_("API tokens"),
    "webhook": N_("Webhooks"),
    "setting": N_("Settings"),
}
ACTIONS = {
    "session.begun": N_("signed in"),
    "session.ended": N_("signed out"),
    "session.refused": N_("was refused at sign-in"),
    "user.created": N_("added a user"),
    "user.changed": N_("changed a user"),
    "user.deactivated": N_("deactivated a user"),
    "user.activated": N_("activated a user"),
    "user.sign_in_reset": N_("made a new sign-in link"),
    "user.password_changed": N_("changed the password"),
    "user.second_step_set": N_("turned two-factor authentication on"),
    "user.second_step_removed": N_("turned two-factor authentication off"),
    "channel.created": N_("connected a channel"),
    "channel.changed": N_("changed a channel"),
    "channel.paused": N_("paused a channel"),
    "channel.resumed": N_("resumed a channel"),
    "channel.tested": N_("tested a channel"),
    "channel.removed": N_("removed a channel"),
    "rules.changed": N_("changed the bot's rules"),
    "rules.restored": N_("restored the bot's rules"),
    "journal.processed_again": N_("had an input processed again"),
    "run.repeated": N_("let failed reactions be tried again"),
    "job.cancelled": N_("cancelled a job"),
    "job.repeated": N_("let a job go on"),
    "quarantine.replayed": N_("replayed inputs from quarantine"),
    "quarantine.set_aside": N_("dismissed inputs in quarantine"),
    "token.created": N_("made an API token"),
    "token.revoked": N_("revoked an API token"),
    "webhook.created": N_("added a webhook"),
    "webhook.removed": N_("removed a webhook"),
    "setting.changed": N_("changed a setting"),
}


async def show(request: web.Request) -> web.StreamResponse:
    area, who = request.query.get("area", ""), request.query.get("user", "")
    async with transaction(request) as conn:
        people = await users.list_users(conn)
        chosen = next((person.id for person in people if str(person.id) == who), None)
        found = await audit.listed(
            conn,
            area=area if area in AREAS else None,
            user_id=chosen,
            after=request.query.get("after", ""),
        )
    return page(
        request,
        "admin/audit.html",
        found=found,
        names={person.id: person.name for person in people},
        actions={name: gettext(label) for name, label in ACTIONS.items()},
        areas=[("", gettext("Everything")), *((name, gettext(label)) for name, label in AREAS.items())],
        people=[("", gettext("Everybody")), *((person.id, person.name) for person in people)],
        area=area,
        who=who,
    )
