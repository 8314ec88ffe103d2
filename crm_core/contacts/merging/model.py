"""What a merge does to the values of the contact that survives, and how an undo takes exactly that back. Pure.

Values are compared one by one: a custom field is `fields.<name>`, a tag is `tags.<tag>`. A change is `[before, after]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from crm_core import normal
from values.errors import Invalid
from values.sentences import phrase

Values: TypeAlias = dict[str, Any]
Changes: TypeAlias = dict[str, list[Any]]

PLAIN = ("name", "name_source", "company_id", "owner_id", "language", "note")
CHOICES = ("survivor", "absorbed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A line of the merge ledger."""

    id: int
    survivor_id: int
    absorbed_id: int
    absorbed_name: str
    reason: str
    batch: str | None
    user_id: int | None
    user_name: str
    created_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRecord:
    """What an undo needs of a merge: who, what it changed, and whether it is undone."""

    survivor_id: int
    absorbed_id: int
    reason: str
    before: Changes
    undone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A contact that may be the same person, and why."""

    id: int
    other_id: int
    other_name: str
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Perhaps:
    """A suggestion because of one address: the contact that was given it, and how (`form_field`, `typed`, `user`, ...)."""

    id: int
    other_id: int
    other_name: str
    evidence: str


def flat(row: Mapping[str, Any]) -> Values:
    """A contact's values one by one."""
    values: Values = {name: row[name] for name in PLAIN}
    values |= {f"fields.{name}": value for name, value in row["fields"].items()}
    values |= {f"tags.{tag}": True for tag in row["tags"]}
    return values


def columns(values: Values) -> list[Any]:
    """The values as columns: the plain ones, custom fields, tags. None stands for "not there"."""
    there = {name: value for name, value in values.items() if value is not None}
    fields = {
        name.removeprefix("fields."): value for name, value in there.items() if name.startswith("fields.")
    }
    tags = [name.removeprefix("tags.") for name in there if name.startswith("tags.")]
    return [*(values[name] for name in PLAIN), fields, tags]


def combine(survivor: Values, absorbed: Values, choices: Mapping[str, str]) -> Changes:
    """What the survivor takes over: what was chosen, and what it did not have. Raises Invalid for an unknown choice."""
    for name, choice in choices.items():
        if choice not in CHOICES or (name not in PLAIN and not name.startswith("fields.")):
            raise Invalid(phrase("Choose for each field which value to keep."), field=name)
    changes: Changes = {}
    for name in sorted({*survivor, *absorbed} - {"name_source"}):
        before, offered = survivor.get(name), absorbed.get(name)
        takes = choices.get(name) == "absorbed" or (name not in choices and _is_empty(name, before))
        if takes and not _is_empty(name, offered) and before != offered:
            changes[name] = [before, offered]
            if name == "name" and survivor["name_source"] != absorbed["name_source"]:
                changes["name_source"] = [survivor["name_source"], absorbed["name_source"]]
    return changes


def apply(values: Values, changes: Changes) -> Values:
    return values | {name: after for name, (_, after) in changes.items()}


def take_back(values: Values, changes: Changes, later: Sequence[Changes]) -> tuple[Values, list[Changes]]:
    """The values without a merge's changes, and the later merges' changes as if it had never been.

    A value that somebody changed since stays. Where a later merge built on ours, it now builds on what was before ours.
    """
    restored = dict(values)
    after_us = [{name: list(pair) for name, pair in changed.items()} for changed in later]
    for name, (before, after) in changes.items():
        builder = next((changed for changed in after_us if name in changed), None)
        if builder is not None:
            if builder[name][0] == after:
                builder[name][0] = before
        elif values.get(name) == after:
            restored[name] = before
    return restored, after_us


def _is_empty(name: str, value: Any) -> bool:
    return value is None or value == "" or (name == "name" and normal.is_handle_like(value))
