"""The addresses of the card beside a conversation, a deal, a contact."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.card import deal, verbs

ONE = r"/{of:conversations}/{id:\d+}"
CARD = r"/{of:conversations|deals|contacts}/{id:\d+}/card"
ROUTES = (
    *open_to(
        "customers",
        get(r"/conversations/{id:\d+}/summary", verbs.summary),
        post(ONE + "/card/deal", deal.make),
        post(ONE + "/card/stage", deal.move),
        post(ONE + "/card/figures", deal.save),
        get(CARD, verbs.show),
        post(CARD + "/tasks", verbs.add_task),
        post(CARD + r"/tasks/{task_id:\d+}", verbs.finish_task),
        post(CARD + "/notes", verbs.write_note),
        post(CARD + r"/suggestions/{suggestion_id:\d+}", verbs.answer_suggestion),
        post(CARD + r"/guests/{guest_id:\d+}", verbs.split_guest),
        post(CARD + r"/merges/{merge_id:\d+}/removal", verbs.undo_merge),
    ),
)
