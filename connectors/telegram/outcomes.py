"""What happens next after the Bot API refused a call, by its own words. Pure."""

from __future__ import annotations

from connectors.contract import PersonUnreachable, Refused, SendError, TryAgain

UNREACHABLE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user is deactivated",
    "bot was blocked",
    "bot was kicked",
    "bot is not a member",
    "bot can't initiate conversation",
    "bots can't send messages to bots",
    "chat_write_forbidden",
    "not enough rights",
    "have no rights to send",
    "topic_closed",
    "message thread not found",
)
BAD_PICTURE = (
    "photo_invalid_dimensions",
    "image_process_failed",
    "photo_save_file_invalid",
    "wrong type of the web page",
)


class ReadElsewhere(TryAgain):
    """Somebody else reads this bot's updates (409)."""


class BadPicture(Refused):
    """Telegram cannot show this picture as a photo; as a document it may pass."""


def refused(description: str) -> SendError:
    """The outcome of 400 and 403: the person cannot be reached, or this message does not pass."""
    words = description.lower()
    reason = f"Telegram: {description.strip()[:300]}"
    if any(sign in words for sign in UNREACHABLE):
        return PersonUnreachable(reason)
    if any(sign in words for sign in BAD_PICTURE):
        return BadPicture(reason)
    return Refused(reason)
