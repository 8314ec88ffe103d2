"""What happens next after the Bot API refused a call, by its own words. Pure."""

from __future__ import annotations

from typing import LiteralString

from connectors.contract import PersonUnreachable, Refused, SendError, TryAgain
from values.sentences import phrase


def N_(text: LiteralString) -> LiteralString:
    """Mark a sentence that a page shows, so that it is collected for translation."""
    return text


NOBODY = phrase("Telegram does not know this chat: the person never wrote to this bot, or is gone.")
REMOVED = phrase("The bot is not in this group (any more).")
SILENT = phrase("The bot may not write in this group.")
CLOSED = phrase("This topic of the group is closed or gone.")
UNREACHABLE = {
    "chat not found": NOBODY,
    "user not found": NOBODY,
    "peer_id_invalid": NOBODY,
    "user is deactivated": phrase("The person's Telegram account was deleted."),
    "bot was blocked": phrase("The person blocked the bot."),
    "bot was kicked": REMOVED,
    "bot is not a member": REMOVED,
    "group chat was deleted": REMOVED,
    "bot can't initiate conversation": phrase("A bot cannot write first: the person has to write to it."),
    "bots can't send messages to bots": phrase("This is a bot, and bots cannot write to bots."),
    "chat_write_forbidden": SILENT,
    "not enough rights": SILENT,
    "have no rights to send": SILENT,
    "topic_closed": CLOSED,
    "topic_deleted": CLOSED,
    "message thread not found": CLOSED,
}
GONE = ("message to edit not found", "message_id_invalid", "message to delete not found")
FIXED = ("message can't be edited", "message can't be deleted")
SAME = "message is not modified"
BAD_PICTURE = (
    "photo_invalid_dimensions",
    "image_process_failed",
    "photo_save_file_invalid",
    "wrong type of the web page",
)


class ReadElsewhere(TryAgain):
    """Somebody else reads this bot's updates (409)."""


class Already(Refused):
    """It is as we want it: nothing to do."""


class BadPicture(Refused):
    """Telegram cannot show this picture as a photo; as a document it may pass."""


def refused(description: str) -> SendError:
    """The outcome of 400 and 403: the person cannot be reached, or this message does not pass."""
    words = description.lower()
    reason = phrase("Telegram: {strip}", strip=description.strip()[:300])
    if told := next((told for sign, told in UNREACHABLE.items() if sign in words), ""):
        return PersonUnreachable(told)
    if SAME in words:
        return Already(reason)
    if any(sign in words for sign in GONE):
        return Refused(phrase("The message is no longer there in Telegram."))
    if any(sign in words for sign in FIXED):
        return Refused(phrase("Telegram does not let this message be changed any more."))
    if any(sign in words for sign in BAD_PICTURE):
        return BadPicture(reason)
    return Refused(reason)
