"""What forms send, read strictly; what their lists offer; and the one way a form that was refused is shown again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from aiohttp import web

from crm_core import money as amounts
from crm_core.companies import service as companies
from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import Viewer
from hub.web import versions
from hub.web.formats import now
from hub.web.moments import read_clock, read_day, read_moment
from hub.web.render import page
from hub.wording.i18n import N_, current, gettext
from values.errors import Conflict, Invalid
from values.texts import one_line

DIGITS = 18
"""As many as a bigint surely holds; an integer holds `SHORT`."""
SHORT = 9
LONGEST_BEFORE = 10_080
LARGEST = 1e15
REFUSALS = (Invalid, Conflict)
"""What a form is shown again for, with what was typed."""
Options = Sequence[tuple[str | int, str]]
_CHOOSE = N_("Choose one from the list.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as its page shows it: values and problems by field, and the version of the record that it was made on.

    A problem of no field has the name "" and stands above the form.
    """

    given: Mapping[str, Any]
    problems: Mapping[str, str] = field(default_factory=dict[str, str])
    version: str = ""
    stale: str = ""
    status: int = 200


def fresh(present: Mapping[str, Any]) -> Form:
    """The form as nobody has touched it yet."""
    return Form(given=present, version=versions.version_of(present))


def refused(
    error: Invalid | Conflict,
    typed: Mapping[str, Any],
    names: Iterable[str],
    *,
    at: str = "",
    aliases: Mapping[str, str] | None = None,
    labels: Mapping[str, Options] | None = None,
) -> Form:
    """What was typed, with what is wrong below its field: `at` is that of a problem that names none of the form's.

    `names` are all fields of the form; `aliases` lead from names of the service to the form's,
    and `labels` are the choices of fields that show a name for a key.
    """
    given = {name: typed.get(name, "") for name in names}
    if isinstance(error, versions.Stale):
        given |= {name: value for name, value in (error.merged or {}).items() if name in given}
        return Form(
            given=given,
            problems=versions.problems(error, given, labels),
            version=versions.version_of(error.theirs),
            stale=str(error),
            status=409,
        )
    named = error.field if isinstance(error, Invalid) else ""
    place = (aliases or {}).get(named, named)
    problems = {place if place in given else at: gettext(str(error))}
    return Form(
        given=given, problems=problems, version=str(typed.get(versions.FIELD, "")), status=status_of(problems)
    )


def status_of(problems: Collection[object]) -> int:
    """Of a page that shows a form with these problems."""
    return 422 if problems else 200


def form_page(request: web.Request, template: str, form: Form, **values: Any) -> web.Response:
    """A page with a form on it; its template reads `given`, `problems`, `version` and `stale`."""
    shown = {"given": form.given, "problems": form.problems, "version": form.version, "stale": form.stale}
    return page(request, template, status=form.status, **values, **shown)


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
    sentence: str = _CHOOSE,
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
        raise Invalid(_CHOOSE, field=name)
    return found


def fraction(text: str, sentence: str, *, name: str = "") -> float:
    """A number that may have a fraction, with a point or a comma. Raises Invalid with the sentence."""
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        raise Invalid(sentence, field=name) from None
    if not abs(found) < LARGEST:
        raise Invalid(sentence, field=name)
    return found


def choice(fields: Mapping[str, str], name: str, among: Collection[str], sentence: str = _CHOOSE) -> str:
    """One of what is offered. Raises Invalid for anything else."""
    found = fields.get(name, "")
    if found not in among:
        raise Invalid(sentence, field=name)
    return found


def offered(text: str, among: Sequence[int], default: int) -> int:
    """A number of those that a page offers, the default for anything else: for what an address asks."""
    found = id_in(text, digits=SHORT)
    return default if found is None or found not in among else found


def money(fields: Mapping[str, str], default: str = "") -> tuple[int, str]:
    """Minor units and their currency, of the fields `amount` and `currency`. Raises Invalid for what is neither."""
    currency = amounts.currency(fields.get("currency") or default)
    return amounts.parse(fields.get("amount", ""), currency), currency


def words(text: str, *, most: int = 100, longest: int = 200) -> list[str]:
    """What stands between commas or on lines, each once: tags, teams, languages."""
    found = (one_line(word, longest) for word in text.replace("，", ",").replace("\n", ",").split(","))
    return list(dict.fromkeys(word for word in found if word))[:most]


def day(fields: Mapping[str, str], name: str, *, default: str = "") -> date:
    """A day in the reader's way of writing; `default` stands for an empty field. Raises Invalid for what is none."""
    found = read_day(fields.get(name, "") or default)
    if found is None or not 2000 <= found.year <= 2100:
        raise Invalid(N_("Choose a day."), field=name)
    return found


def any_day(fields: Mapping[str, str], name: str) -> date | None:
    """A day of any year in the reader's way of writing; empty is None. Raises Invalid for what is none."""
    typed = fields.get(name, "").strip()
    found = read_day(typed)
    if typed and found is None:
        raise Invalid(N_("Choose a day."), field=name)
    return found


def clock(fields: Mapping[str, str], name: str) -> time | None:
    """A time of the day; empty is None. Raises Invalid for what is none."""
    typed = fields.get(name, "").strip()
    found = read_clock(typed)
    if typed and found is None:
        raise Invalid(N_("Enter a time such as 13:30."), field=name)
    return found


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


async def company(conn: Conn, who: Viewer, fields: Mapping[str, str], name: str = "company") -> int | None:
    """A company by its name as typed; one that is not known yet is made. Empty is None."""
    wanted = fields.get(name, "").strip()
    if not wanted:
        return None
    found = await companies.list_companies(conn, who, query=wanted, limit=20)
    for each in found.items:
        if each.name.casefold() == wanted.casefold():
            return each.id
    try:
        return await companies.create(conn, who, name=wanted)
    except Invalid as error:
        raise Invalid(str(error), field=name) from None


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
