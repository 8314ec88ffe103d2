"""A filter meets the objects that it is about: paths are followed, operands read, relative times become moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NoReturn, cast

from values.fields.model import Object, Relation
from values.filters import operators
from values.filters.bound import Bound, Every, Negated, Rows, Some
from values.filters.calendar import Calendar
from values.filters.errors import FilterInvalid
from values.filters.model import All, AnyOf, Condition, Filter, Not, Related
from values.filters.operators import Asked
from values.sentences import phrase

FARTHEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What filters are bound with: the objects that there are, the calendar, and the currency of a bare amount."""

    objects: Mapping[str, Object]
    calendar: Calendar
    precision: Callable[[str], int] = field(default=lambda _currency: 2)
    currency: str = "USD"


def bind(given: Filter, of: str, terms: Terms) -> Bound:
    """The filter over records of an object. Raises FilterInvalid with the place of what it cannot be asked."""
    return _bind(given, terms.objects[of], terms, "")


def _bind(given: Filter, of: Object, terms: Terms, place: str) -> Bound:
    match given:
        case All(items):
            return Every(tuple(_bind(item, of, terms, _at(place, "all", n)) for n, item in enumerate(items)))
        case AnyOf(items):
            return Some(tuple(_bind(item, of, terms, _at(place, "any", n)) for n, item in enumerate(items)))
        case Not(item):
            return Negated(_bind(item, of, terms, _at(place, "not")))
        case Condition():
            return _condition(given, of, terms, place)
        case Related():
            return _related(given, of, terms, place)


def _condition(given: Condition, of: Object, terms: Terms, place: str) -> Bound:
    *hops, key = _steps(given.path, of, place)
    at = _follow(hops, of, terms, place)
    if key not in at.fields or not at.fields[key].is_asked:
        _unknown(key, at, place)
    if at.fields[key].is_retired:
        raise FilterInvalid(
            phrase(
                "The field “{field}” is retired: nothing passes a filter by it.", field=at.fields[key].label
            ),
            place,
        )
    asked = Asked(
        hops=tuple(hops),
        key=key,
        type=at.fields[key].type,
        calendar=terms.calendar,
        precision=terms.precision,
        currency=terms.currency,
    )
    try:
        return operators.build(asked, given.op, given.value)
    except FilterInvalid as error:
        raise FilterInvalid(error.args[0], place) from None


def _related(given: Related, of: Object, terms: Terms, place: str) -> Bound:
    *hops, key = _steps(given.path, of, place)
    at = _follow(hops, of, terms, place)
    relation = at.relations.get(key)
    if relation is None or not relation.is_many:
        _unknown(key, at, place)
    where = _bind(given.where, terms.objects[relation.target], terms, _at(place, "where"))
    if given.op == "!=":
        return Negated(Rows(tuple(hops), key, "=", given.number, where))
    op = cast('Literal["=", "<", "<=", ">", ">="]', given.op)
    return Rows(tuple(hops), key, op, given.number, where)


def _steps(path: str, of: Object, place: str) -> list[str]:
    first, *steps = path.split(".")
    if first != of.key or not steps or len(steps) > FARTHEST + 1:
        raise FilterInvalid(
            phrase(
                "“{path}” is no field here; a path begins with “{object}.”.", path=path[:80], object=of.key
            ),
            place,
        )
    return steps


def _follow(hops: list[str], of: Object, terms: Terms, place: str) -> Object:
    for hop in hops:
        relation: Relation | None = of.relations.get(hop)
        if relation is None:
            _unknown(hop, of, place)
        if relation.is_many:
            raise FilterInvalid(
                phrase("There may be many {key}: say “has”, “has_none” or “count”.", key=hop), place
            )
        of = terms.objects[relation.target]
    return of


def _unknown(key: str, of: Object, place: str) -> NoReturn:
    raise FilterInvalid(phrase("There is no field “{key}” of {object}.", key=key[:80], object=of.key), place)


def _at(place: str, key: str, number: int | None = None) -> str:
    step = key if number is None else f"{key}[{number}]"
    return f"{place}.{step}" if place else step
