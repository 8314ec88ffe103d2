"""The addresses of the bot's rules: editor, trial, figures, what it may learn."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.bot import figures, learning, rule_files, rules, transcripts

RULES = r"/rules/versions/{id:\d+}"
ROUTES = (
    *open_to(
        "bot",
        get("/rules", rules.show, "rules"),
        post("/rules", rules.save),
        post("/rules/check", rules.check),
        post("/rules/trial", rules.attempt),
        post("/rules/transcripts", transcripts.run),
        get("/rules/file", rule_files.download),
        post("/rules/file", rule_files.upload),
        get(RULES + "/file", rule_files.download_version),
        post("/rules/rehearsals", learning.rehearsal),
        get(r"/rules/rehearsals/{id:\d+}", learning.rehearsed),
        get("/rules/statistics", figures.show),
        get("/rules/questions", learning.questions),
        post("/rules/questions", learning.answer),
        get(RULES, rules.version),
        post(RULES + "/restoration", rules.restore),
    ),
)
