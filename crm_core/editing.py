"""Edits: what a change names is laid over what is there, and what became different is told.

A change of an entity is a frozen dataclass whose fields are UNSET by default: UNSET stays as it is, None is emptied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from msgspec import UNSET, UnsetType

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = TypeVar("Value")
Clean = TypeVar("Clean")
Row = TypeVar("Row", bound="DataclassInstance")
Edited: TypeAlias = Value | UnsetType
"""A field of a change: a value, or UNSET for what is left as it is."""


def named(changes: DataclassInstance) -> dict[str, Any]:
    """What the change names, by field."""
    values = ((field.name, getattr(changes, field.name)) for field in fields(changes))
    return {name: value for name, value in values if value is not UNSET}


def cleaned(value: Edited[Value], clean: Callable[[Value], Clean]) -> Edited[Clean]:
    """The value in the form it is kept in, where one is named."""
    return UNSET if value is UNSET else clean(value)


def given(value: Edited[Value | None]) -> Value | None:
    """The value where one is named that is not empty."""
    return None if value is UNSET else value


def lay_over(present: Row, changes: DataclassInstance) -> Row:
    """The row as the change leaves it."""
    return replace(present, **named(changes))


def lay_fields_over(present: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Custom fields as the change leaves them: None removes one."""
    return {name: value for name, value in {**present, **changes}.items() if value is not None}


def differing(before: DataclassInstance, after: DataclassInstance, changes: DataclassInstance) -> list[str]:
    """Which of the fields that a change may name are different now, by name."""
    names = (field.name for field in fields(changes))
    return sorted(name for name in names if getattr(before, name) != getattr(after, name))


__all__ = [
    "UNSET",
    "Edited",
    "UnsetType",
    "cleaned",
    "differing",
    "given",
    "lay_fields_over",
    "lay_over",
    "named",
]
