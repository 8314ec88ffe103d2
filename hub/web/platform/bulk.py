"""Many records at once: what is to be done, what would come of it, and the job that does it; exports of what a list shows."""

from __future__ import annotations

from typing import Any, Final, cast

from aiohttp import web

from crm_core.acts.model import Record
from crm_core.bulk import service as bulk
from crm_core.bulk.model import Verb
from hub.audit import service as audit
from hub.catalogue import current
from hub.exporting import service as exporting
from hub.exporting.model import FORMATS, Asked
from hub.peers import peer
from hub.web import forms
from hub.web.context import form, ident, publish, runtime, transaction, user, viewer
from hub.web.platform import bulk_forms
from hub.web.render import page, see_other
from hub.wording.i18n import N_
from hub.work import bulks
from hub.work import service as work
from hub.work.kinds import EXPORT
from values.errors import Invalid

TITLES: Final = {
    "set": N_("Change a field"),
    "tag": N_("Add or remove tags"),
    "task": N_("Add a task for each"),
    "delete": N_("Move to the bin"),
    "restore": N_("Restore from the bin"),
}
PLACES: Final = {
    "contact": ("/contacts", N_("Contacts")),
    "company": ("/companies", N_("Companies")),
    "lead": ("/leads", N_("Leads")),
    "deal": ("/deals", N_("Deals")),
    "task": ("/tasks", N_("Tasks")),
}


async def ask(request: web.Request) -> web.StreamResponse:
    """The form of a verb, with the selection in it; once it is filled in, what would come of it."""
    of, verb = cast("Record", request.match_info["of"]), cast("Verb", request.match_info["verb"])
    fields = await form(request)
    async with transaction(request) as conn:
        catalogue = await current(conn)
        known = {column.key: column for column in bulk.writable(catalogue, of)}
        column = known.get(fields.get("field", ""))
        shown: dict[str, Any] = {"of": of, "verb": verb, "fields": list(known.values()), "column": column}
        problems: dict[str, str] = {}
        if fields.get("ready") or verb in ("delete", "restore"):
            try:
                change = await bulk_forms.change(conn, viewer(request), verb, fields, column)
                ids = await bulk_forms.chosen(
                    conn, viewer(request), runtime(request).settings, catalogue, of, fields
                )
                found = await bulk.preview(conn, viewer(request), catalogue, of, ids, change)
                return page(request, "platform/bulk_preview.html", found=found, **shown, **_words(of))
            except Invalid as error:
                problems = _problems(error, fields)
        shown["options"] = await bulk_forms.options(conn, column) if column else []
        shown["people"] = await forms.managers(conn) if verb == "task" else []
    status = forms.status_of(problems)
    return page(
        request, "platform/bulk.html", status=status, given=fields, problems=problems, **shown, **_words(of)
    )


async def begin(request: web.Request) -> web.StreamResponse:
    """Carry out what was looked at."""
    async with transaction(request) as conn:
        frozen = await bulk.frozen(conn, ident(request))
        job_id = await bulks.begin(conn, viewer(request), frozen.id)
        await audit.record(
            conn, "bulk.begun", user_id=user(request).id, peer=peer(request), target=frozen.of,
            data={"job": job_id, "verb": frozen.change.verb, "count": len(frozen.ids)},
        )  # fmt: skip
    await publish(request, [work.changed(job_id, user(request).id)])
    return see_other(request, f"/jobs/{job_id}")


async def export(request: web.Request) -> web.StreamResponse:
    """What the list shows, or what is selected in it, as a file of a job."""
    fields = await form(request)
    everything = bulk_forms.is_everything(fields)
    asked = Asked(
        of=request.match_info["of"],
        fields=tuple(forms.words(fields.get("columns", ""), most=60, longest=300)),
        where=bulk_forms.filter_of(fields) if everything else None,
        ids=None if everything else tuple(forms.ids_in(fields["ids"], most=bulk_forms.MOST_IDS)),
        order=fields.get("order", "")[:60],
        format=cast("Any", forms.choice(fields, "format", FORMATS)),
        language=user(request).language,
    )
    async with transaction(request) as conn:
        plan = await exporting.plan(conn, viewer(request), runtime(request).settings, asked)
        total = await exporting.count(conn, viewer(request), plan)
        job_id = await work.begin(conn, viewer(request), EXPORT, asked.payload(), total=total)
        await audit.record(
            conn, "export.begun", user_id=user(request).id, peer=peer(request), target=plan.listed.of,
            data={"job": job_id, "format": asked.format},
        )  # fmt: skip
    await publish(request, [work.changed(job_id, user(request).id)])
    return see_other(request, f"/jobs/{job_id}")


def _problems(error: Invalid, fields: Any) -> dict[str, str]:
    """Below the input that it is about, else above the form."""
    named = {"add", "remove", "title", "kind", "due_at", "amount", "currency"}
    place = error.field if error.field in named else ("value" if fields.get("field") == error.field else "")
    return {place: str(error)}


def _words(of: Record) -> dict[str, Any]:
    return {"titles": TITLES, "place": PLACES[of]}
