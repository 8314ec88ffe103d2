"""Words that stand in the database or in constants elsewhere, gathered here for the translators."""

from __future__ import annotations

from hub.web.i18n import N_

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

ALARMS = {
    "credentials": N_("A channel needs new credentials"),
    "quarantine": N_("Inputs are in quarantine"),
    "silence": N_("A channel is unusually silent"),
    "refused": N_("A door refuses requests"),
    "unsent": N_("Messages do not go out"),
    "provider": N_("A provider tells of trouble"),
}
"""What is wrong, by its kind: what one can be told of."""
ALARM_OVER = N_("Over: %(what)s")
ALARM_OPEN = N_("Open the hub: %(address)s")
ALARM_TEST = N_("This is a test: alarms of your hub arrive here.")
