"""A change of a field as its history tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_core.acts.model import Record

Value = str | int | float | bool | None | list[Any] | dict[str, Any]
"""A value as JSON has it: a time as text, an amount in minor units, people and companies by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A field that was changed at `at`: from `old` to `new`, by whom and by which act.

    `old_name` and `new_name` are set where the values are ids of what the reader may see. The field '' is the record itself,
    which came to be. `is_undoable`: the act can be taken back by the reader.
    """

    id: int
    object: Record
    record: int
    field: str
    old: Value
    new: Value
    at: datetime
    act_id: UUID | None
    act_kind: str
    cause: str
    cause_id: int | None
    user_id: int | None
    user_name: str
    is_undoable: bool
    old_name: str = ""
    new_name: str = ""
    currency: str = ""
    """Of the record, where it has amounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row of the history, and what followed on it: `has_next` where the field was changed again."""

    id: int
    record: int
    field: str
    old: Value
    at: datetime
    next: Value
    has_next: bool
    act_id: UUID | None
    act_kind: str
    cause: str
    cause_id: int | None
    user_id: int | None
    user_name: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Present:
    """A record as it is now, by column."""

    id: int
    columns: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def value(self, name: str) -> Value:
        """What a field of the history holds now."""
        head, _, rest = name.partition(".")
        if head in ("fields", "handle", "follower"):
            found: Mapping[str, Any] = self.columns.get(head) or {}
            return found.get(rest)
        return self.columns.get(name)


@dataclass(frozen=True, slots=True)
class Then:
    """What a field held at a moment: `was_changed` where it was changed since, else it is as now."""

    record: int
    field: str
    old: Value
    was_changed: bool
