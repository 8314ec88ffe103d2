"""A filter in words: what its chips say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from babel.dates import format_date

from crm_core.catalogue.model import Catalogue, Table
from hub.wording.i18n import N_, current, gettext, said
from values.fields.model import Field
from values.filters.errors import FilterInvalid
from values.filters.model import All, AnyOf, Condition, Filter, Not, Related
from values.filters.reading import read

OPERATORS: Final[Mapping[str, str]] = {
    "filled": N_("is filled"),
    "empty": N_("is empty"),
    "=": N_("is"),
    "!=": N_("is not"),
    "in": N_("is one of"),
    "not in": N_("is none of"),
    "contains": N_("contains"),
    "not contains": N_("does not contain"),
    "starts": N_("begins with"),
    "<": N_("is less than"),
    "<=": N_("is at most"),
    ">": N_("is more than"),
    ">=": N_("is at least"),
    "on": N_("is on"),
    "before": N_("is before"),
    "since": N_("is since"),
    "during": N_("is in"),
    "not during": N_("is not in"),
    "anniversary": N_("has its day in"),
    "has": N_("has any of"),
    "has all": N_("has all of"),
    "has none": N_("has none of"),
}
PERIODS: Final[Mapping[str, str]] = {
    "today": N_("today"),
    "yesterday": N_("yesterday"),
    "tomorrow": N_("tomorrow"),
    "this_week": N_("this week"),
    "last_week": N_("last week"),
    "next_week": N_("next week"),
    "this_month": N_("this month"),
    "last_month": N_("last month"),
    "next_month": N_("next month"),
    "this_quarter": N_("this quarter"),
    "last_quarter": N_("last quarter"),
    "this_year": N_("this year"),
    "last_year": N_("last year"),
}
UNITS: Final[Mapping[str, str]] = {
    "minutes": N_("minutes"),
    "hours": N_("hours"),
    "days": N_("days"),
    "weeks": N_("weeks"),
    "months": N_("months"),
    "years": N_("years"),
}
_RELATIVE: Final[Mapping[str, str]] = {
    "last": N_("the last %(n)s %(unit)s"),
    "next": N_("the next %(n)s %(unit)s"),
    "ago": N_("%(n)s %(unit)s ago"),
    "ahead": N_("in %(n)s %(unit)s"),
}
Names = Mapping[tuple[str, int | str], str]
"""Of records that filters name, by the key of their object and their id."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one needs to say a filter."""

    catalogue: Catalogue
    names: Names


def chip(item: object, of: str, told: Told) -> str:
    """One condition or group in the reader's language; its JSON where it cannot be read."""
    try:
        return sentence(read({"all": [item]}), of, told)
    except FilterInvalid:
        return str(item)[:80]


def sentence(given: Filter, of: str, told: Told) -> str:
    match given:
        case All(items):
            return _joined(items, of, told, gettext("and"))
        case AnyOf(items):
            return _joined(items, of, told, gettext("or"))
        case Not(Related(path, ">=", 1, where)):
            return _related(gettext("no %(what)s"), path, where, of, told)
        case Not(item):
            return gettext("not: %(what)s") % {"what": sentence(item, of, told)}
        case Related(path, ">=", 1, where):
            return _related(gettext("any %(what)s"), path, where, of, told)
        case Related(path, op, number, where):
            words = _related("%(what)s", path, where, of, told)
            return f"{words}: {gettext(OPERATORS.get(op, op))} {number}"
        case Condition():
            return _condition(given, of, told)


def label_of(path: str, of: str, catalogue: Catalogue) -> str:
    """A field or relation with what leads to it: Contact · Phone. The path where there is none."""
    _, *steps = path.split(".")
    at: Table | None = catalogue[of]
    words: list[str] = []
    for number, step in enumerate(steps):
        found = at.relations.get(step) if at else None
        if number == len(steps) - 1 and at and step in at.fields:
            words.append(gettext(at.fields[step].label))
        elif found is None:
            return path
        else:
            words.append(gettext(found.label))
            at = catalogue[found.target]
    return " · ".join(words)


def field_at(path: str, of: str, catalogue: Catalogue) -> tuple[Field, str] | None:
    """The field of a path, and the object that it points at (empty for none)."""
    _, *steps = path.split(".")
    at = catalogue[of]
    for step in steps[:-1]:
        if step not in at.relations:
            return None
        at = catalogue[at.relations[step].target]
    found = at.fields.get(steps[-1]) if steps else None
    if found is None:
        return None
    link = at.relations.get(found.key)
    return found, link.target if link is not None and not link.is_many else ""


def _joined(items: tuple[Filter, ...], of: str, told: Told, by: str) -> str:
    parts = [sentence(item, of, told) for item in items]
    inner = [
        f"({part})" if isinstance(item, (All, AnyOf)) and len(items) > 1 else part
        for item, part in zip(items, parts, strict=True)
    ]
    return f" {by} ".join(inner)


def _related(words: str, path: str, where: Filter, of: str, told: Told) -> str:
    what = words % {"what": label_of(path, of, told.catalogue)}
    if where == All():
        return what
    at = told.catalogue[of]
    for step in path.split(".")[1:]:
        link = at.relations.get(step)
        if link is None:
            return what
        at = told.catalogue[link.target]
    return f"{what} ({sentence(where, at.key, told)})"


def _condition(given: Condition, of: str, told: Told) -> str:
    label = label_of(given.path, of, told.catalogue)
    words = gettext(OPERATORS.get(given.op, given.op))
    if given.value is None:
        return f"{label} {words}"
    return f"{label} {words} {_value(given, of, told)}"


def _value(given: Condition, of: str, told: Told) -> str:
    if isinstance(given.value, list):
        each = cast("list[object]", given.value)
        return ", ".join(_one(one, given.path, of, told) for one in each)
    return _one(given.value, given.path, of, told)


def _one(value: object, path: str, of: str, told: Told) -> str:
    at = field_at(path, of, told.catalogue)
    if at is not None and isinstance(value, (int, str)) and not isinstance(value, bool):
        field, target = at
        for option in field.options:
            if option.key == value:
                return gettext(option.label)
        if target:
            return gettext(told.names.get((target, value), f"№ {value}"))
    match value:
        case True:
            return gettext("yes")
        case False:
            return gettext("no")
        case {"amount": amount, "currency": currency}:
            return f"{amount} {currency}"
        case dict():
            return _period(cast("dict[str, Any]", value))
        case str() if value in PERIODS:
            return gettext(PERIODS[value])
        case _:
            return _day(str(value)) or said(str(value))


def _period(value: dict[str, Any]) -> str:
    for key, words in _RELATIVE.items():
        match value.get(key):
            case [number, str(unit)]:
                return gettext(words) % {"n": number, "unit": gettext(UNITS.get(unit, unit))}
            case _:
                continue
    bounds = [_day(str(value.get(key, ""))) or "…" for key in ("from", "to")]
    return " – ".join(bounds)


def _day(text: str) -> str:
    try:
        found = date.fromisoformat(text) if len(text) == len("2026-01-01") else datetime.fromisoformat(text)
    except ValueError:
        return ""
    return format_date(found, "medium", locale=current().locale)


def named(given: Filter, of: str, catalogue: Catalogue) -> dict[str, set[int]]:
    """Which records a filter names, by their object: their names are looked up for the chips."""
    found: dict[str, set[int]] = {}
    match given:
        case All(items) | AnyOf(items):
            for item in items:
                _merge(found, named(item, of, catalogue))
        case Not(item):
            _merge(found, named(item, of, catalogue))
        case Related(path, _, _, where):
            at = catalogue[of]
            for step in path.split(".")[1:]:
                if step not in at.relations:
                    return found
                at = catalogue[at.relations[step].target]
            _merge(found, named(where, at.key, catalogue))
        case Condition(path, _, value):
            at = field_at(path, of, catalogue)
            if at is not None and at[1] and not at[0].options:
                many = cast("list[object]", value) if isinstance(value, list) else [value]
                found[at[1]] = {one for one in many if isinstance(one, int) and not isinstance(one, bool)}
    return found


def _merge(into: dict[str, set[int]], more: Mapping[str, set[int]]) -> None:
    for key, ids in more.items():
        into.setdefault(key, set()).update(ids)
