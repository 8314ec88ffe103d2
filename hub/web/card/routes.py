"""The addresses of the card beside a conversation, a deal, a contact."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.card import conversations, deal, records

ONE = r"/conversations/{id:\d+}"
CARD = r"/{of:deals|contacts}/{id:\d+}/card"
ROUTES = (
    *open_to(
        "customers",
        get(ONE + "/card", conversations.show),
        get(ONE + "/summary", conversations.summary),
        post(ONE + "/card/deal", deal.make),
        post(ONE + "/card/stage", deal.move),
        post(ONE + "/card/figures", deal.save),
        post(ONE + "/card/tasks", conversations.add_task),
        post(ONE + r"/card/tasks/{task_id:\d+}", conversations.finish_task),
        post(ONE + "/card/notes", conversations.write_note),
        post(ONE + r"/card/suggestions/{suggestion_id:\d+}", conversations.answer_suggestion),
        post(ONE + r"/card/guests/{guest_id:\d+}", conversations.split_guest),
        post(ONE + r"/card/merges/{merge_id:\d+}/removal", conversations.undo_merge),
        get(CARD, records.show),
        post(CARD + "/tasks", records.add_task),
        post(CARD + r"/tasks/{task_id:\d+}", records.finish_task),
        post(CARD + "/notes", records.write_note),
        post(CARD + r"/suggestions/{suggestion_id:\d+}", records.answer_suggestion),
        post(CARD + r"/guests/{guest_id:\d+}", records.split_guest),
        post(CARD + r"/merges/{merge_id:\d+}/removal", records.undo_merge),
    ),
)
