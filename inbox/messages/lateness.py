"""How old a message may be for the bot to answer it: what the channel that took it in says (`answer_within_hours`). Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from inbox.messages.model import Incoming

MOST_HOURS = 24 * 366 * 100


def is_late(message: Incoming, now: datetime) -> bool:
    """Whether the message is older than what the bot may answer on this channel; never where that is 0."""
    hours = hours_of(message)
    return bool(hours) and now - message.event.at > timedelta(hours=hours or 0)


def hours_of(message: Incoming) -> float | None:
    """The channel's setting `answer_within_hours`, 0 for any age; None where it says nothing that can be read."""
    said = message.work.channel.config.settings.get("answer_within_hours")
    try:
        hours = float(said) if said not in (None, "") else None
    except (TypeError, ValueError):
        return None
    return hours if hours is not None and 0 <= hours <= MOST_HOURS else None
