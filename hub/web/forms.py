"""What forms send, read strictly, and what their lists offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from crm_core.sql import Conn
from crm_core.users import service as users
from hub.web.formats import now
from hub.web.moments import read_moment
from hub.wording.i18n import N_, current, gettext
from values.errors import Invalid

DIGITS = 18
"""As many as a bigint surely holds; an integer holds `SHORT`."""
SHORT = 9
LONGEST_BEFORE = 10_080
Options = Sequence[tuple[str | int, str]]


def id_in(text: str, *, digits: int = DIGITS) -> int | None:
    """The id in an address or a hidden field; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def ids_in(text: str, *, most: int = 1000) -> list[int]:
    """The ids of a hidden field, separated by commas; what is none is left out."""
    found = (id_in(part.strip()) for part in text.split(",")[:most])
    return [one for one in found if one is not None]


def number(
    fields: Mapping[str, str],
    name: str,
    sentence: str = N_("Choose one from the list."),
    *,
    digits: int = DIGITS,
) -> int | None:
    """A chosen id; empty is None. Raises Invalid for anything that is no id."""
    text = fields.get(name, "").strip()
    found = id_in(text, digits=digits)
    if text and found is None:
        raise Invalid(sentence, field=name)
    return found


def whole(
    fields: Mapping[str, str],
    name: str,
    sentence: str,
    *,
    minimum: int = 0,
    maximum: int,
    empty: int | None = None,
) -> int:
    """A whole number within its bounds; `empty` stands for an empty field. Raises Invalid with the sentence."""
    text = fields.get(name, "").strip()
    if not text and empty is not None:
        return empty
    found = id_in(text)
    if found is None or not minimum <= found <= maximum:
        raise Invalid(sentence, field=name)
    return found


def needed(fields: Mapping[str, str], name: str) -> int:
    """A chosen id that has to be there."""
    found = number(fields, name)
    if found is None:
        raise Invalid(N_("Choose one from the list."), field=name)
    return found


def words(text: str) -> list[str]:
    """Tags as they are typed: separated by commas."""
    return [word.strip() for word in text.replace("，", ",").replace("\n", ",").split(",") if word.strip()]


def moment(fields: Mapping[str, str], name: str) -> datetime | None:
    """A day and a time in the reader's zone; empty is None. Raises Invalid for what is neither."""
    typed = fields.get(name, "").strip()
    found = read_moment(typed)
    if found is None and typed:
        raise Invalid(N_("Enter a day and a time."), field=name)
    return found


def due(fields: Mapping[str, str]) -> datetime | None:
    """When a task is due: a name (hour, today, tomorrow, week) or a day and time in the reader's zone."""
    local = now().astimezone(current().zone)
    named = {
        "hour": local + timedelta(hours=1),
        "today": datetime.combine(local.date(), time(18), local.tzinfo),
        "tomorrow": datetime.combine(local.date() + timedelta(days=1), time(9), local.tzinfo),
        "week": datetime.combine(local.date() + timedelta(days=7), time(9), local.tzinfo),
    }
    return named.get(fields.get("due", "")) or moment(fields, "due_at")


def reminder(fields: Mapping[str, str], due_at: datetime | None) -> datetime | None:
    """When to be reminded: minutes before it is due, at that time unless said otherwise; `none` is never."""
    before = fields.get("remind", "0")
    if due_at is None or before == "none":
        return None
    return due_at - timedelta(minutes=min(id_in(before) or 0, LONGEST_BEFORE))


async def managers(conn: Conn, *, nobody: bool = True) -> Options:
    """Who works with customers."""
    found = [
        person for person in await users.list_users(conn) if person.is_active and person.can("customers")
    ]
    people: list[tuple[str | int, str]] = [(person.id, person.name) for person in found]
    return [("", gettext("Nobody")), *people] if nobody else people


def currencies(first: str) -> Options:
    """Those that are usual, after the one that is meant."""
    usual = ("USD", "KHR", "EUR", "RUB", "THB", "VND", "CNY", "GBP")
    return [(code, code) for code in dict.fromkeys((first, *usual))]
