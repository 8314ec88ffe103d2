"""The addresses of what came in and goes out: journal, quarantine, outbox, alarms, jobs, webhooks, tokens."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.platform import alarms, bulk, jobs, journal, ledger, outbox, runs, tokens, webhooks

ALARM = "/alarms/{kind}/{subject}"
OF = "/lists/{of:contact|company|lead|deal|task}"
ROUTES = (
    *open_to(
        "operations",
        get("/journal", journal.show, "journal"),
        get(r"/journal/{id:\d+}", journal.entry, "journal-entry"),
        post(r"/journal/{id:\d+}/processing", journal.again),
        get("/quarantine", journal.show_quarantine, "quarantine"),
        post("/quarantine/replays", journal.replay),
        post("/quarantine/removals", journal.set_aside),
        get("/ledger", ledger.show, "ledger"),
        get("/alarms", alarms.show, "alarms"),
        post("/alarms", alarms.tell),
        post(r"/alarms/{id:\d+}/test", alarms.test),
        post(r"/alarms/{id:\d+}/removal", alarms.forget),
        post(ALARM + "/dismissal", alarms.dismiss),
        post(ALARM + "/dismissal/removal", alarms.reopen),
        get("/outbox", outbox.show, "outbox"),
        post("/outbox/retries", outbox.all_again),
        post(r"/outbox/{id:\d+}/retry", outbox.again),
        get("/runs", runs.show, "runs"),
        post("/runs/repetitions", runs.repeat_all),
        post(r"/runs/{id:\d+}/repetition", runs.repeat),
    ),
    *open_to(
        "customers",
        post(OF + "/bulk/{verb:set|tag|task|delete|restore}", bulk.ask),
        post(OF + "/bulk/export", bulk.export),
        post(r"/bulks/{id:\d+}/job", bulk.begin),
    ),
    *open_to(
        "jobs",
        get("/jobs", jobs.show, "jobs"),
        post("/jobs/readings", jobs.read),
        get(r"/jobs/{id:\d+}", jobs.one, "job"),
        get(r"/jobs/{id:\d+}/files/{n:\d+}", jobs.file),
        post(r"/jobs/{id:\d+}/cancellation", jobs.cancel),
        post(r"/jobs/{id:\d+}/repetition", jobs.repeat),
        post(r"/jobs/{id:\d+}/undo", jobs.undo),
    ),
    *open_to(
        "integrations",
        get("/tokens", tokens.show, "tokens"),
        post("/tokens", tokens.create),
        post(r"/tokens/{id:\d+}/removal", tokens.revoke),
        get("/webhooks", webhooks.show, "webhooks"),
        post("/webhooks", webhooks.create),
        post(r"/webhooks/{id:\d+}/pause", webhooks.pause),
        post(r"/webhooks/{id:\d+}/pause/removal", webhooks.resume),
        post(r"/webhooks/{id:\d+}/secret", webhooks.rotate),
        get(r"/webhooks/{id:\d+}", webhooks.one, "webhook"),
        post(r"/webhooks/{id:\d+}/removal", webhooks.remove),
        post(r"/webhooks/{id:\d+}/pings", webhooks.try_out),
        post(r"/webhooks/{id:\d+}/deliveries/{delivery}/retry", webhooks.resend),
    ),
)
