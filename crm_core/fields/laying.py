"""`fields` of a record between the two forms: by slot as they are kept, by key as everybody else says them. Pure.

Kept beside own fields are texts under other names, "extra": what forms sent that is no field, and under `<key>.text` what
was given for a field and is no value of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_core import normal
from crm_core.fields import taking
from crm_core.fields.model import OwnField
from crm_core.fields.taking import ANYWHERE, Habits
from values.errors import Invalid
from values.sentences import phrase
from values.texts import storable

MOST_EXTRA = 200
LONGEST_EXTRA = 20_000
NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """`fields` as a change leaves them, what was pointed at anew, and names that are no field."""

    fields: Mapping[str, Any]
    taken: Sequence[tuple[OwnField, Any]]
    unknown: tuple[str, ...]


def told(own: Sequence[OwnField], kept: Mapping[str, Any]) -> dict[str, Any]:
    """By key, and by the free key that a field was before; extra as it is. Retired fields are left out."""
    places = {each.place: each for each in own}
    aliases = {each.alias: each for each in own if each.alias}
    found: dict[str, Any] = {}
    for name, value in kept.items():
        field = places.get(name)
        if field is None and _is_scalar(value) and (named := aliases.get(name)) and named.place not in kept:
            field = named
        if field is None:
            found.setdefault(name, value)
        elif not field.is_retired:
            found[field.key] = value
            if field.alias:
                found[field.alias] = value
    return found


def further(own: Sequence[OwnField], kept_by_key: Mapping[str, Any]) -> dict[str, Any]:
    """Of fields by key those that are no own field's."""
    names = {name for each in own for name in (each.key, each.alias)}
    return {name: value for name, value in kept_by_key.items() if name not in names}


def lay(
    own: Sequence[OwnField],
    kept: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    habits: Habits = ANYWHERE,
    is_strict: bool = True,
) -> Laid:
    """What is given by key, alias or another name, laid over what is kept; None removes one.

    Raises Invalid at `fields.<name>` for what is no value of its field; where not strict that text becomes extra.
    """
    given = {normal.name(str(name))[:NAME]: _clean(value) for name, value in given.items()}
    fields, taken, unknown = dict(kept), list[tuple[OwnField, Any]](), list[str]()
    for name, field, value in _meant(own, kept, given):
        if field is None:
            name = f"#{name}" if name.isdigit() else name
            unknown += [name] if value is not None and name not in kept and "." not in name else []
            _put(fields, name, value)
            continue
        if field.alias and _is_scalar(fields.get(field.alias)):
            fields.setdefault(field.place, fields.pop(field.alias))
        try:
            clean = taking.take(field, value, habits)
            fields.pop(field.text_key, None)
            _put(fields, field.place, clean)
            taken.append((field, clean))
        except Invalid as error:
            if is_strict:
                raise Invalid(error.args[0], field=f"fields.{name}") from None
            _put(fields, field.text_key, value if isinstance(value, str) else str(value))
    if len(fields) > len(kept) and len(fields) > MOST_EXTRA + len(
        {each.place for each in own} & fields.keys()
    ):
        raise Invalid(phrase("There can be at most 200 fields."), field="fields")
    return Laid(fields=fields, taken=tuple(taken), unknown=tuple(unknown))


def _meant(
    own: Sequence[OwnField], kept: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterable[tuple[str, OwnField | None, Any]]:
    """Each field once: given by key and by alias, the one that is another than before is meant."""
    by_name = {each.alias: each for each in own if each.alias} | {each.key: each for each in own}
    before = told(own, kept)
    meant: dict[int, tuple[str, OwnField, Any]] = {}
    for name, value in given.items():
        field = by_name.get(name)
        if field is None:
            yield name, None, value
        elif field.id not in meant or value != before.get(field.key):
            meant[field.id] = (name, field, value)
    yield from meant.values()


def presets(own: Iterable[OwnField], given: Mapping[str, Any]) -> dict[str, Any]:
    """What a new record begins with, where nothing else is given."""
    return {
        each.key: each.preset
        for each in own
        if each.preset is not None and each.key not in given and each.alias not in given
    }


def shown(
    own: Sequence[OwnField], kept: Mapping[str, Any], text: Callable[[OwnField, Any], str]
) -> dict[str, str]:
    """What is kept as texts, by key and alias; of extra what is a text or a number."""
    by_name = {each.alias: each for each in own if each.alias} | {each.key: each for each in own}
    return {
        name: text(by_name[name], value) if name in by_name else str(value)
        for name, value in told(own, kept).items()
        if name in by_name or _is_scalar(value)
    }


def _clean(value: Any) -> Any:
    return storable(value)[:LONGEST_EXTRA] if isinstance(value, str) else value


def _put(fields: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        fields.pop(name, None)
    else:
        fields[name] = value


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float | bool)
