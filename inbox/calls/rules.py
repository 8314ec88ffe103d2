"""What a line does after a call: its rule, and the words for whoever rang in vain. Off until somebody sets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from crm_core.sql import Conn
from inbox.calls import rule_store
from inbox.calls.rule_store import CallRule
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel
from inbox.channels.route import can_write
from values.errors import Invalid
from values.hours import Hours, is_open, next_opening, say_opening
from values.sentences import phrase

NOT_BY = frozenset({"email", "visitor"})
MOST_HOURS = 24 * 90
MOST_DAYS = 3660
TEXT_LENGTH = 1000


async def save(conn: Conn, rule: CallRule, directory: Directory) -> None:
    """Put it in force for the calls from now on. Raises Invalid."""
    if rule.via_id is not None:
        if rule.via_id not in {live.id for live in carriers(directory)}:
            raise Invalid(phrase("Choose a channel that can write to people."), field="via")
        if not any(text for one in rule.texts.values() for text in one.values()):
            raise Invalid(phrase("Write at least one text."), field="texts")
    if not 1 <= rule.once_hours <= MOST_HOURS:
        raise Invalid(phrase("Hours are a number from 1 to 2160."), field="once_hours")
    if not 0 <= rule.recording_days <= MOST_DAYS:
        raise Invalid(phrase("Days are a number from 0 to 3660."), field="recording_days")
    await rule_store.save(conn, rule)


def carriers(directory: Directory) -> list[LiveChannel]:
    """Channels that can carry a short word: SMS and messengers; no mail, and no window that is closed by now."""
    return [live for live in directory if live.connector.spec.handle_kind not in NOT_BY and can_write(live)]


def words(
    texts: Mapping[str, Mapping[str, str]], *, languages: Iterable[str], hours: Iterable[Hours], now: datetime
) -> str:
    """What is said now, in the first of the languages that has it; empty where nothing is to be said.

    `{opening}` stands for the next opening ("Monday, 08:00"). Pure.
    """
    known = list(hours)
    when = "open" if not known or any(is_open(one, now) for one in known) else "closed"
    for language in dict.fromkeys([*languages, *sorted(texts)]):
        if text := str(texts.get(language, {}).get(when, "")).strip():
            return text.replace("{opening}", _opening(known, now, language)).replace("  ", " ")
    return ""


def _opening(hours: list[Hours], now: datetime, language: str) -> str:
    told = [(opening, one) for one in hours if (opening := next_opening(one, now))]
    if not told:
        return ""
    return say_opening(min(told, key=lambda pair: pair[0])[1], now, language=language)
