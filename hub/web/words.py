"""Words that stand in the database or in constants elsewhere, gathered here for the translators."""

from __future__ import annotations

from hub.wording.i18n import N_

WORDS = (
    # The stages and the pipeline of a new installation.
    N_("Sales"),
    N_("New"),
    N_("In work"),
    N_("Offer sent"),
    N_("Agreed"),
    N_("Won"),
    N_("Lost"),
    # Why a message was taken back, where a statement of SQL says it.
    N_("A person took over."),
    N_("Somebody else took the conversation."),
    N_("Changed again."),
)
