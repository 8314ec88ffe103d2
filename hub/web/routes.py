"""Every address of the pages, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from hub.expecting import expected
from hub.web import assets, profile, refusals, signin, stream, whoami
from hub.web.admin import guide
from hub.web.admin_routes import ADMIN
from hub.web.calls import figures, popups
from hub.web.calls import lists as call_lists
from hub.web.calls import one as call
from hub.web.card import conversations as conversation_card
from hub.web.card import deal
from hub.web.card import records as crm_card
from hub.web.channels import beside, call_rules, chooser, consent, exchanges, silence
from hub.web.channels import form as channel_form
from hub.web.channels import listing as channels
from hub.web.inbox import canned, canned_list, files, lists, mail, moves, replies, thread, typing, verbs
from hub.web.navigation import ADMINS, GUIDE, OPERATIONS, GuideState
from hub.web.pages import ANYBODY, EVERYBODY, Page, guarded, lost
from hub.web.people import companies, contacts, merging, talk
from hub.web.platform import alarms, jobs, journal, ledger, outbox, runs
from hub.web.sales import board, deals, leads
from hub.web.work import absences, tasks

SHELL = (
    Page(method="GET", path="/", handler=signin.home, access=EVERYBODY),
    Page(method="GET", path="/sw.js", handler=assets.service_worker, access=ANYBODY),
    Page(method="GET", path="/sign-in", handler=signin.show, access=ANYBODY, name="signin"),
    Page(method="POST", path="/sign-in", handler=signin.submit, access=ANYBODY),
    Page(method="GET", path="/sign-in/code", handler=signin.show_code, access=ANYBODY, name="signin-code"),
    Page(method="POST", path="/sign-in/code", handler=signin.submit_code, access=ANYBODY),
    Page(method="GET", path="/sign-in/link/{token}", handler=signin.show_link, access=ANYBODY),
    Page(method="POST", path="/sign-in/link/{token}", handler=signin.use_link, access=ANYBODY),
    Page(method="POST", path="/sign-out", handler=signin.sign_out, access=EVERYBODY),
    Page(method="GET", path="/session", handler=whoami.show, access=ANYBODY),
    Page(method="GET", path="/no-mail/{token}", handler=refusals.show, access=ANYBODY),
    Page(method="POST", path="/no-mail/{token}", handler=refusals.submit, access=ANYBODY),
    Page(method="POST", path="/language", handler=signin.choose_language, access=ANYBODY),
    Page(method="GET", path="/profile", handler=profile.show, access=EVERYBODY, name="profile"),
    Page(method="POST", path="/profile", handler=profile.save, access=EVERYBODY),
    Page(method="POST", path="/profile/password", handler=profile.change_password, access=EVERYBODY),
    Page(method="POST", path="/profile/second-step", handler=profile.start_second_step, access=EVERYBODY),
    Page(
        method="POST", path="/profile/second-step/code", handler=profile.confirm_second_step, access=EVERYBODY
    ),
    Page(
        method="POST",
        path="/profile/second-step/removal",
        handler=profile.remove_second_step,
        access=EVERYBODY,
    ),
    Page(method="POST", path="/profile/sessions/removal", handler=profile.end_sessions, access=EVERYBODY),
    Page(method="POST", path="/profile/presence", handler=profile.set_in, access=EVERYBODY),
    Page(method="GET", path="/absences", handler=absences.show, name="absences"),
    Page(method="POST", path="/absences", handler=absences.save),
    Page(method="POST", path=r"/absences/{id:\d+}/removal", handler=absences.remove),
)

ONE = r"/conversations/{id:\d+}"
MESSAGE = r"/messages/{id:\d+}"
INBOX = (
    Page(method="GET", path="/live", handler=stream.live, access=EVERYBODY),
    Page(method="GET", path="/inbox", handler=lists.show, name="inbox"),
    Page(method="GET", path="/inbox/rows", handler=lists.rows),
    Page(method="GET", path="/inbox/canned", handler=canned_list.show),
    Page(method="GET", path=ONE, handler=thread.show, name="conversation"),
    Page(method="GET", path=ONE + "/messages", handler=thread.messages),
    Page(method="POST", path=ONE + "/messages", handler=replies.write, limit=files.UPLOAD_LIMIT),
    Page(method="GET", path=ONE + "/head", handler=thread.head),
    Page(method="POST", path=ONE + "/assignment", handler=verbs.assign),
    Page(method="POST", path=ONE + "/closure", handler=verbs.close),
    Page(method="POST", path=ONE + "/closure/removal", handler=verbs.reopen),
    Page(method="POST", path=ONE + "/snooze", handler=verbs.snooze),
    Page(method="POST", path=ONE + "/unread", handler=verbs.mark_unread),
    Page(method="POST", path=ONE + "/asking", handler=verbs.ask_back),
    Page(method="POST", path=ONE + "/drafts", handler=verbs.keep_draft),
    Page(method="POST", path="/acts/{act}/removal", handler=verbs.undo),
    Page(method="POST", path=ONE + "/reading", handler=verbs.mark_read),
    Page(method="POST", path=ONE + "/typing", handler=typing.report),
    Page(method="GET", path=ONE + "/card", handler=conversation_card.show),
    Page(method="GET", path=ONE + "/summary", handler=conversation_card.summary),
    Page(method="POST", path=ONE + "/card/deal", handler=deal.make),
    Page(method="POST", path=ONE + "/card/stage", handler=deal.move),
    Page(method="POST", path=ONE + "/card/figures", handler=deal.save),
    Page(method="POST", path=ONE + "/card/tasks", handler=conversation_card.add_task),
    Page(method="POST", path=ONE + r"/card/tasks/{task_id:\d+}", handler=conversation_card.finish_task),
    Page(method="POST", path=ONE + "/card/notes", handler=conversation_card.write_note),
    Page(
        method="POST",
        path=ONE + r"/card/suggestions/{suggestion_id:\d+}",
        handler=conversation_card.answer_suggestion,
    ),
    Page(method="POST", path=ONE + r"/card/guests/{guest_id:\d+}", handler=conversation_card.split_guest),
    Page(
        method="POST", path=ONE + r"/card/merges/{merge_id:\d+}/removal", handler=conversation_card.undo_merge
    ),
    Page(method="POST", path=MESSAGE + "/cancellation", handler=replies.take_back),
    Page(method="POST", path=MESSAGE + "/retry", handler=replies.send_again),
    Page(method="POST", path=MESSAGE + "/text", handler=replies.rewrite),
    Page(method="POST", path=MESSAGE + "/removal", handler=replies.remove),
    Page(method="POST", path=MESSAGE + "/split", handler=moves.split),
    Page(method="POST", path=MESSAGE + "/original", handler=moves.to_original),
    Page(method="GET", path=MESSAGE + "/move", handler=moves.places),
    Page(method="POST", path=MESSAGE + "/move", handler=moves.move),
    Page(method="POST", path=r"/moves/{id:\d+}/removal", handler=moves.undo),
    Page(method="GET", path=MESSAGE + "/html", handler=mail.show),
    Page(method="POST", path="/attachments", handler=files.upload, limit=files.UPLOAD_LIMIT),
    Page(method="GET", path="/attachments/{id}", handler=files.show),
    Page(method="GET", path="/canned", handler=canned.show, name="canned"),
    Page(method="POST", path="/canned", handler=canned.save),
    Page(method="GET", path=r"/canned/{id:\d+}", handler=canned.edit),
    Page(method="POST", path=r"/canned/{id:\d+}", handler=canned.save),
    Page(method="POST", path=r"/canned/{id:\d+}/removal", handler=canned.remove),
)

# Pages of contacts, deals, leads, tasks and companies.
CONTACT = r"/contacts/{id:\d+}"
DEAL = r"/deals/{id:\d+}"
CARD = r"/{of:deals|contacts}/{id:\d+}/card"
CRM = (
    Page(method="GET", path="/deals", handler=board.show, name="deals"),
    Page(method="POST", path="/deals", handler=deals.create),
    Page(method="GET", path="/deals/new", handler=deals.new),
    Page(method="GET", path=r"/stages/{id:\d+}/deals", handler=board.column),
    Page(method="GET", path=DEAL, handler=deals.show, name="deal"),
    Page(method="POST", path=DEAL, handler=deals.save),
    Page(method="POST", path=DEAL + "/stage", handler=board.move),
    Page(method="GET", path=r"/{of:deals|contacts}/{id:\d+}/timeline", handler=talk.earlier),
    Page(method="GET", path=CARD, handler=crm_card.show),
    Page(method="POST", path=CARD + "/tasks", handler=crm_card.add_task),
    Page(method="POST", path=CARD + r"/tasks/{task_id:\d+}", handler=crm_card.finish_task),
    Page(method="POST", path=CARD + "/notes", handler=crm_card.write_note),
    Page(method="POST", path=CARD + r"/suggestions/{suggestion_id:\d+}", handler=crm_card.answer_suggestion),
    Page(method="POST", path=CARD + r"/guests/{guest_id:\d+}", handler=crm_card.split_guest),
    Page(method="POST", path=CARD + r"/merges/{merge_id:\d+}/removal", handler=crm_card.undo_merge),
    Page(method="GET", path="/leads", handler=leads.show, name="leads"),
    Page(method="POST", path=r"/leads/{id:\d+}/deal", handler=leads.take),
    Page(method="POST", path=r"/leads/{id:\d+}/refusal", handler=leads.decline),
    Page(method="POST", path=r"/leads/{id:\d+}/refusal/removal", handler=leads.take_back),
    Page(method="GET", path="/contacts", handler=contacts.show_list, name="contacts"),
    Page(method="POST", path="/contacts", handler=contacts.create),
    Page(method="GET", path="/contacts/new", handler=contacts.new),
    Page(method="GET", path=CONTACT, handler=contacts.show, name="contact"),
    Page(method="POST", path=CONTACT, handler=contacts.save),
    Page(method="POST", path=CONTACT + "/handles", handler=contacts.add_handle),
    Page(method="POST", path=CONTACT + r"/handles/{handle_id:\d+}/removal", handler=contacts.remove_handle),
    Page(method="POST", path=CONTACT + "/conversations", handler=contacts.write_first),
    Page(method="GET", path=CONTACT + "/merges", handler=merging.show),
    Page(method="POST", path=CONTACT + "/merges", handler=merging.merge),
    Page(method="GET", path="/companies", handler=companies.show_list, name="companies"),
    Page(method="POST", path="/companies", handler=companies.create),
    Page(method="GET", path="/companies/new", handler=companies.new),
    Page(method="GET", path=r"/companies/{id:\d+}", handler=companies.show, name="company"),
    Page(method="POST", path=r"/companies/{id:\d+}", handler=companies.save),
    Page(method="GET", path="/tasks", handler=tasks.show, name="tasks"),
    Page(method="POST", path="/tasks", handler=tasks.create),
    Page(method="GET", path=r"/tasks/{id:\d+}", handler=tasks.edit, name="task"),
    Page(method="POST", path=r"/tasks/{id:\d+}", handler=tasks.save),
    Page(method="POST", path=r"/tasks/{id:\d+}/completion", handler=tasks.finish),
    Page(method="POST", path=r"/tasks/{id:\d+}/completion/removal", handler=tasks.reopen),
)

# Pages of calls.
CALL = r"/calls/{id:\d+}"
CALLS = (
    Page(method="GET", path="/calls", handler=call_lists.show, name="calls"),
    Page(method="GET", path="/calls/statistics", handler=figures.show),
    Page(method="POST", path=CALL + r"/identity/{suggestion_id:\d+}", handler=call.identify),
    Page(method="GET", path="/calls/now", handler=popups.now),
    Page(method="GET", path=CALL, handler=call.show, name="call"),
    Page(method="GET", path=CALL + "/panel", handler=popups.panel),
    Page(method="POST", path=CALL + "/note", handler=call.note),
    Page(method="POST", path=CALL + "/outcome", handler=call.conclude),
    Page(method="POST", path=CALL + "/blocking", handler=call.block),
    Page(method="POST", path="/dials", handler=popups.place),
)

# Pages of channels, journal, quarantine and ledger.
CHANNEL = r"/channels/{slug:[a-z0-9][a-z0-9_-]*}"
ALARM = "/alarms/{kind}/{subject}"
OPS: tuple[Page, ...] = (
    Page(method="GET", path="/guide", handler=guide.show, access=ADMINS, name="guide"),
    Page(method="POST", path="/guide", handler=guide.dismiss, access=ADMINS),
    Page(method="GET", path="/channels", handler=channels.show, access=OPERATIONS, name="channels"),
    Page(
        method="GET",
        path="/channels/new",
        handler=chooser.show,
        access=OPERATIONS,
        name="channel-choose",
    ),
    Page(
        method="GET",
        path=r"/channels/new/{connector:[\w-]+}",
        handler=channel_form.new,
        access=OPERATIONS,
        name="channel-create",
    ),
    Page(
        method="POST",
        path=r"/channels/new/{connector:[\w-]+}",
        handler=channel_form.create,
        access=OPERATIONS,
    ),
    Page(method="GET", path=CHANNEL, handler=channel_form.show, access=OPERATIONS, name="channel"),
    Page(method="POST", path=CHANNEL, handler=channel_form.save, access=OPERATIONS),
    Page(method="GET", path=CHANNEL + "/consent", handler=consent.ask, access=OPERATIONS),
    Page(method="GET", path="/oauth/back", handler=consent.back, access=OPERATIONS),
    Page(method="GET", path=CHANNEL + "/calls", handler=call_rules.show, access=OPERATIONS),
    Page(method="POST", path=CHANNEL + "/calls", handler=call_rules.save, access=OPERATIONS),
    Page(method="POST", path=CHANNEL + "/pause", handler=channels.pause, access=OPERATIONS),
    Page(method="POST", path=CHANNEL + "/checker", handler=beside.name_checker, access=OPERATIONS),
    Page(method="POST", path=CHANNEL + "/pause/removal", handler=channels.resume, access=OPERATIONS),
    Page(method="POST", path=CHANNEL + "/test", handler=channels.test, access=OPERATIONS),
    Page(method="POST", path=CHANNEL + "/removal", handler=channels.remove, access=OPERATIONS),
    Page(method="POST", path=CHANNEL + "/silence", handler=silence.save, access=OPERATIONS),
    Page(
        method="GET",
        path=CHANNEL + "/requests",
        handler=exchanges.show,
        access=OPERATIONS,
        name="channel-requests",
    ),
    Page(method="GET", path=r"/messages/{id:\d+}/requests", handler=exchanges.of_message, access=OPERATIONS),
    Page(method="GET", path="/journal", handler=journal.show, access=OPERATIONS, name="journal"),
    Page(
        method="GET",
        path=r"/journal/{id:\d+}",
        handler=journal.entry,
        access=OPERATIONS,
        name="journal-entry",
    ),
    Page(method="POST", path=r"/journal/{id:\d+}/processing", handler=journal.again, access=OPERATIONS),
    Page(
        method="GET",
        path="/quarantine",
        handler=journal.show_quarantine,
        access=OPERATIONS,
        name="quarantine",
    ),
    Page(method="POST", path="/quarantine/replays", handler=journal.replay, access=OPERATIONS),
    Page(method="POST", path="/quarantine/removals", handler=journal.set_aside, access=OPERATIONS),
    Page(method="GET", path="/ledger", handler=ledger.show, access=OPERATIONS, name="ledger"),
    Page(method="GET", path="/alarms", handler=alarms.show, access=OPERATIONS, name="alarms"),
    Page(method="POST", path="/alarms", handler=alarms.tell, access=OPERATIONS),
    Page(method="POST", path=r"/alarms/{id:\d+}/test", handler=alarms.test, access=OPERATIONS),
    Page(method="POST", path=r"/alarms/{id:\d+}/removal", handler=alarms.forget, access=OPERATIONS),
    Page(method="POST", path=ALARM + "/dismissal", handler=alarms.dismiss, access=OPERATIONS),
    Page(method="POST", path=ALARM + "/dismissal/removal", handler=alarms.reopen, access=OPERATIONS),
    Page(method="GET", path="/outbox", handler=outbox.show, access=OPERATIONS, name="outbox"),
    Page(method="POST", path="/outbox/retries", handler=outbox.all_again, access=OPERATIONS),
    Page(method="POST", path=r"/outbox/{id:\d+}/retry", handler=outbox.again, access=OPERATIONS),
)

JOBS = (
    Page(method="GET", path="/runs", handler=runs.show, access=OPERATIONS, name="runs"),
    Page(method="POST", path="/runs/repetitions", handler=runs.repeat_all, access=OPERATIONS),
    Page(method="POST", path=r"/runs/{id:\d+}/repetition", handler=runs.repeat, access=OPERATIONS),
    Page(method="GET", path="/jobs", handler=jobs.show, access=EVERYBODY, name="jobs"),
    Page(method="GET", path=r"/jobs/{id:\d+}", handler=jobs.one, access=EVERYBODY, name="job"),
    Page(method="GET", path=r"/jobs/{id:\d+}/files/{n:\d+}", handler=jobs.file, access=EVERYBODY),
    Page(method="POST", path=r"/jobs/{id:\d+}/cancellation", handler=jobs.cancel, access=EVERYBODY),
    Page(method="POST", path=r"/jobs/{id:\d+}/repetition", handler=jobs.repeat, access=EVERYBODY),
)

PAGES: Sequence[Page] = (*SHELL, *INBOX, *CRM, *CALLS, *OPS, *JOBS, *ADMIN)


def add_routes(app: web.Application) -> None:
    """Add all pages and static files to the application."""
    app.middlewares.append(lost)
    app.cleanup_ctx.append(stream.run_fanout)
    app[GUIDE] = GuideState()
    app.cleanup_ctx.append(guide.watch)
    for entry in PAGES:
        app.router.add_route(
            entry.method, entry.path, guarded(entry), name=entry.name, expect_handler=expected
        )
    app.router.add_get("/static/{version}/{path:.+}", assets.serve)
