"""One verb on the conversations that are chosen in the list: a few at once, many as a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast, get_args

from aiohttp import web

from crm_core.sql import Conn
from hub.web import flashes
from hub.web import forms as read
from hub.web.context import form, is_fragment, publish, transaction, user, viewer
from hub.web.flashes import Flash, Icon
from hub.web.inbox import views
from hub.web.inbox.verbs import until_of
from hub.web.posted import posted
from hub.web.render import page, see_other
from hub.wording.i18n import N_, gettext, ngettext
from hub.work import service as work
from hub.work.jobs.triage import payload_of
from hub.work.kinds import TRIAGE
from inbox.actions import service
from inbox.actions.tagging import tidied
from inbox.actions.triage import Deed, Triaged, Verb
from inbox.views import queries
from values.errors import Invalid

AT_ONCE: Final = 500
"""So many are done while one waits; more are a job."""
MOST: Final = 10_000
VERBS: Final = frozenset(get_args(Verb))
ICONS: Final[Mapping[str, Icon]] = {"snooze": "moon", "assign": "user-plus", "bot": "user-plus"}


async def carry_out(request: web.Request) -> web.StreamResponse:
    """`id` (several), or `ids` with commas, or `all` of `view`; the verb with what it needs."""
    fields = await form(request)
    deed = _deed(request, fields)
    async with transaction(request) as conn:
        ids = await _chosen(conn, request, fields)
        if len(ids) > AT_ONCE:
            job_id = await work.begin(conn, viewer(request), TRIAGE, payload_of(ids, deed), total=len(ids))
            return _begun(request, job_id, len(ids))
        done = await service.triage(conn, viewer(request), ids, deed)
    await publish(request, done.changes)
    return _told(request, fields, _flash(done, deed))


async def _chosen(conn: Conn, request: web.Request, fields: Mapping[str, str]) -> list[int]:
    if fields.get("all"):
        return await queries.ids(conn, viewer(request), view=fields.get("view", views.DEFAULT), limit=MOST)
    given = ",".join(str(value) for value in (await posted(request)).getall("id", []))
    ids = read.ids_in(f"{fields.get('ids', '')},{given}", most=MOST)
    if not ids:
        raise Invalid(N_("Choose conversations first."))
    return sorted(set(ids))


def _deed(request: web.Request, fields: Mapping[str, str]) -> Deed:
    """Buttons name a verb, or with a colon what it needs: `assign:7`, `snooze:tomorrow`."""
    verb, _, value = fields.get("verb", "").partition(":")
    if verb not in VERBS:
        raise Invalid(N_("Choose what to do with the conversations."))
    deed = Deed(verb=cast("Verb", verb))
    match deed.verb:
        case "assign":
            sentence = N_("This user does not exist.")
            chosen = (
                user(request).id if value == "me" else read.number({"to": value}, "to", sentence, digits=9)
            )
            return Deed(verb="assign", user_id=chosen)
        case "snooze":
            return Deed(verb="snooze", until=until_of(value or fields.get("until", "")))
        case "tag" | "untag":
            tag = tidied(value or fields.get("tag", ""))
            if not tag:
                raise Invalid(N_("Type a tag."), field="tag")
            return Deed(verb=deed.verb, tag=tag)
        case _:
            return deed


def _begun(request: web.Request, job_id: int, n: int) -> web.StreamResponse:
    address = f"/jobs/{job_id}"
    if not is_fragment(request):
        return see_other(request, address)
    words = ngettext(
        "%(count)s conversation is being worked on", "%(count)s conversations are being worked on", n
    )
    response = page(request, "inbox/triaged.html", flash=Flash(text=words % {"count": n}))
    response.headers["HX-Trigger"] = "hub:triaged"
    return response


def _told(request: web.Request, fields: Mapping[str, str], flash: Flash) -> web.StreamResponse:
    if is_fragment(request):
        response: web.StreamResponse = page(request, "inbox/triaged.html", flash=flash)
        response.headers["HX-Trigger"] = "hub:triaged"
        return response
    view = fields.get("view", "")
    response = see_other(request, f"/inbox?view={view}" if view in views.KNOWN else "/inbox")
    flashes.keep(request, response, flash)
    return response


def _flash(done: Triaged, deed: Deed) -> Flash:
    """What was done, and below it what was not."""
    about = ""
    if done.refused:
        about = ngettext(
            "%(count)s could not be changed: a colleague has it, or it changed meanwhile",
            "%(count)s could not be changed: a colleague has them, or they changed meanwhile",
            done.refused,
        ) % {"count": done.refused}
    elif done.same:
        about = ngettext("%(count)s was so already", "%(count)s were so already", done.same) % {
            "count": done.same
        }
    act = str(done.act_id) if done.done else ""
    return Flash(text=_said(deed, done.done), about=about, act=act, icon=ICONS.get(deed.verb, "check"))


def _said(deed: Deed, n: int) -> str:
    if not n:
        return gettext("Nothing was changed")
    match deed.verb:
        case "close":
            words = ngettext("%(count)s conversation closed", "%(count)s conversations closed", n)
        case "reopen":
            words = ngettext("%(count)s conversation reopened", "%(count)s conversations reopened", n)
        case "snooze":
            words = ngettext("%(count)s conversation snoozed", "%(count)s conversations snoozed", n)
        case "read":
            words = ngettext("%(count)s conversation read", "%(count)s conversations read", n)
        case "bot":
            words = ngettext(
                "%(count)s conversation handed to the bot", "%(count)s conversations handed to the bot", n
            )
        case "tag" | "untag":
            words = ngettext(
                "Tags of %(count)s conversation changed", "Tags of %(count)s conversations changed", n
            )
        case "assign":
            words = ngettext("%(count)s conversation assigned", "%(count)s conversations assigned", n)
    return words % {"count": n}
