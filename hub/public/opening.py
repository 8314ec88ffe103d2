"""Whether a chat is open now: by hours of the bot's rules, by hours written in its settings, or always."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.sitechat.hours import HoursInvalid, is_name, parse_hours
from hub.runtime import Runtime
from values.hours import Hours, is_open, say_opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Open or not, and when next, in words; empty when it is open or nobody knows."""

    is_open: bool
    opens: str = ""


def opening(runtime: Runtime, text: str, *, now: datetime, language: str) -> Opening:
    """For the setting `hours`. What cannot be understood closes nothing; the channel's state says so."""
    hours = _hours(runtime, text.strip())
    if hours is None or is_open(hours, now):
        return Opening(is_open=True)
    return Opening(is_open=False, opens=say_opening(hours, now, language=language))


def _hours(runtime: Runtime, text: str) -> Hours | None:
    if not text:
        return None
    if is_name(text):
        return runtime.rulebook.rules.hours.get(text)
    try:
        return parse_hours(text)
    except HoursInvalid:
        return None
