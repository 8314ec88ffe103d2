"""Filters from JSON and back to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from values.filters.errors import FilterInvalid
from values.filters.model import VERSION, All, AnyOf, Condition, Filter, Not, Related
from values.sentences import phrase

DEEPEST = 6
MOST_CONDITIONS = 100
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_RELATED = ({"has", "where"}, {"has_none", "where"}, {"count", "op", "value", "where"})


def read(form: object) -> Filter:
    """The filter of a JSON form. Raises FilterInvalid with the place where it is none, as in `all[2].any[0]`."""
    if not isinstance(form, dict):
        raise FilterInvalid(phrase("A filter is a JSON object with “all” or “any”."))
    given = dict(cast("dict[str, Any]", form))
    version: object = given.pop("v", VERSION)
    if version is True or version != VERSION:
        raise FilterInvalid(
            phrase("This filter is of version {version}; only version 1 is known.", version=version)
        )
    if not given or given in ({"all": []}, {"any": []}):
        return All()
    found = _read(given, "", DEEPEST)
    if conditions(found) > MOST_CONDITIONS:
        raise FilterInvalid(phrase("A filter has at most {most} conditions.", most=MOST_CONDITIONS))
    return found


def write(given: Filter) -> dict[str, Any]:
    """The JSON form; `read` gives the same filter back."""
    written = _write(given)
    return {"v": VERSION, **(written if isinstance(written, dict) else {"all": [written]})}


def conditions(given: Filter) -> int:
    """How many conditions it has, those about related records among them."""
    match given:
        case All(items) | AnyOf(items):
            return sum(map(conditions, items))
        case Not(item):
            return conditions(item)
        case Condition():
            return 1
        case Related(where=where):
            return 1 + conditions(where)


def _read(form: object, place: str, depth: int) -> Filter:
    if not depth:
        raise FilterInvalid(
            phrase("Groups stand in groups more than {deepest} deep.", deepest=DEEPEST), place
        )
    if isinstance(form, (list, tuple)):
        return _condition(cast("Sequence[Any]", form), place)
    if not isinstance(form, dict):
        raise FilterInvalid(phrase("This is neither a condition nor a group."), place)
    given = cast("dict[str, Any]", form)
    keys = set(given)
    if keys in ({"all"}, {"any"}):
        return _group(given, place, depth)
    if keys == {"not"}:
        return Not(_read(given["not"], _join(place, "not"), depth - 1))
    if any(keys <= known and keys - {"where", "op", "value"} for known in _RELATED):
        return _related(given, place, depth)
    raise FilterInvalid(
        phrase("A group is “all”, “any” or “not”; “{keys}” is none.", keys=", ".join(sorted(keys))), place
    )


def _group(form: dict[str, Any], place: str, depth: int) -> Filter:
    ((key, items),) = form.items()
    if not isinstance(items, list) or not items:
        raise FilterInvalid(phrase("This group is empty: add a condition or remove it."), place)
    inner = tuple(
        _read(item, _join(place, f"{key}[{n}]"), depth - 1) for n, item in enumerate(cast("list[Any]", items))
    )
    return All(inner) if key == "all" else AnyOf(inner)


def _condition(form: Sequence[Any], place: str) -> Condition:
    if len(form) not in (2, 3) or not all(isinstance(part, str) for part in form[:2]):
        raise FilterInvalid(phrase("A condition is a field, an operator and mostly a value."), place)
    return Condition(form[0], form[1], form[2] if len(form) == 3 else None)


def _related(form: dict[str, Any], place: str, depth: int) -> Filter:
    (kind,) = set(form) & {"has", "has_none", "count"}
    path, op, number = form[kind], form.get("op", ">="), form.get("value", 1)
    if not isinstance(path, str):
        raise FilterInvalid(phrase("Say which related records are meant."), place)
    if (
        op not in COMPARISONS
        or not isinstance(number, int)
        or isinstance(number, bool)
        or not 0 <= number < 2**31
    ):
        raise FilterInvalid(
            phrase("How many: one of {ops} and a whole number.", ops=" ".join(COMPARISONS)), place
        )
    where = _read(form["where"], _join(place, "where"), depth - 1) if _says(form.get("where")) else All()
    found = Related(path, op, number, where)
    return Not(found) if kind == "has_none" else found


def _says(where: object) -> bool:
    return where not in (None, {}, {"all": []}, {"any": []})


def _write(given: Filter) -> dict[str, Any] | list[Any]:
    match given:
        case All(items):
            return {"all": [_write(item) for item in items]}
        case AnyOf(items):
            return {"any": [_write(item) for item in items]}
        case Not(item):
            return {"not": _write(item)}
        case Condition(path, op, value):
            return [path, op] if value is None else [path, op, value]
        case Related(path, op, number, where):
            asked = {"has": path} if (op, number) == (">=", 1) else {"count": path, "op": op, "value": number}
            return asked if where == All() else {**asked, "where": _write(where)}


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
