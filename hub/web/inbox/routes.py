"""The addresses of the inbox: lists, conversations, messages, files, canned replies."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.inbox import (
    canned,
    canned_list,
    files,
    lists,
    mail,
    moves,
    replies,
    thread,
    triage,
    typing,
    verbs,
)

ONE = r"/conversations/{id:\d+}"
MESSAGE = r"/messages/{id:\d+}"
ROUTES = (
    *open_to(
        "customers",
        get("/inbox", lists.show, "inbox"),
        get("/inbox/rows", lists.rows),
        get("/inbox/canned", canned_list.show),
        post("/inbox/triage", triage.carry_out),
        get(ONE, thread.show, "conversation"),
        get(ONE + "/messages", thread.messages),
        post(ONE + "/messages", replies.write, limit=files.UPLOAD_LIMIT),
        get(ONE + "/head", thread.head),
        post(ONE + "/assignment", verbs.assign),
        post(ONE + "/closure", verbs.close),
        post(ONE + "/closure/removal", verbs.reopen),
        post(ONE + "/snooze", verbs.snooze),
        post(ONE + "/unread", verbs.mark_unread),
        post(ONE + "/asking", verbs.ask_back),
        post(ONE + "/drafts", verbs.keep_draft),
        post(ONE + "/reading", verbs.mark_read),
        post(ONE + "/typing", typing.report),
        post(MESSAGE + "/cancellation", replies.take_back),
        post(MESSAGE + "/retry", replies.send_again),
        post(MESSAGE + "/text", replies.rewrite),
        post(MESSAGE + "/removal", replies.remove),
        post(MESSAGE + "/split", moves.split),
        post(MESSAGE + "/original", moves.to_original),
        get(MESSAGE + "/move", moves.places),
        post(MESSAGE + "/move", moves.move),
        post(r"/moves/{id:\d+}/removal", moves.undo),
        get(MESSAGE + "/html", mail.show),
        post("/attachments", files.upload, limit=files.UPLOAD_LIMIT),
        get("/attachments/{id}", files.show),
        get("/canned", canned.show, "canned"),
        post("/canned", canned.save),
        get(r"/canned/{id:\d+}", canned.edit),
        post(r"/canned/{id:\d+}", canned.save),
        post(r"/canned/{id:\d+}/removal", canned.remove),
    ),
)
