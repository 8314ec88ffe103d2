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
    # Why something is not there.
    N_("There is no such company, or it is a colleague's."),
    N_("There is no such deal, or it is a colleague's."),
    N_("There is no such user."),
    N_("There is no such task, or it is a colleague's."),
    N_("There is no such lead, or it is a colleague's."),
    N_("There is no such contact, or it is a colleague's."),
    N_("There is no such merge."),
    N_("This suggestion is settled already."),
    N_("This shortcut is taken. Choose another one."),
    # Why a conversation is where it is.
    N_("Replied."),
    N_("Unassigned by hand."),
    N_("Assigned by hand."),
    N_("Handed to the bot."),
    # Why two contacts may be one person (crm_core/contacts/identity/store.py), and what their handles are.
    N_("Same {kind}: {value}"),
    N_("email"),
    N_("phone"),
    N_("visitor"),
    # Calls in the list of conversations (inbox/calls/wording.py).
    N_("Incoming call, {outcome}"),
    N_("Outgoing call, {outcome}"),
    N_("in progress"),
    N_("ringing"),
    N_("missed"),
    N_("busy"),
    N_("failed"),
    N_("voicemail"),
    N_("unknown"),
    # Why a message is where it is.
    N_("It says that a message of this conversation came back."),
    N_("It complains about a message of this conversation."),
    N_("It answers a message of this conversation."),
    N_(
        "It answers a message of this conversation under another subject: move it out if it is another matter."
    ),
    N_("It answers a message of this conversation; somebody else of the same company or in copy wrote it."),
    N_("It was sent to the reply address of this conversation."),
    N_("Somebody else answers a message of another conversation; it begins its own."),
    N_("It answers an automatic message; it begins a conversation."),
    N_("It begins a conversation."),
    N_("Same sender, same thread."),
    N_("Same sender and the same subject within a month."),
    N_("It answers a message of another conversation, but nothing proves who wrote it; it begins its own."),
    N_("The sender may be forged; it begins a conversation of its own."),
    N_("Moved here by hand."),
    N_("It came late: the bot does not answer old messages, a manager is asked."),
    # Why a message has not gone out.
    N_("The channel was removed."),
    N_("The hub stopped while sending; tried again."),
    N_("The hub stopped while sending: it may have gone out."),
    N_("The hub stopped while sending."),
    N_("Sending undone."),
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
