"""Edits as values: what is named is laid over what is there, UNSET leaves alone, None empties."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pytest

from crm_core import editing
from crm_core.companies.model import CompanyChanges, CompanyValues
from crm_core.contacts.model import ContactChanges, ContactValues
from crm_core.deals.model import DealChanges, DealValues
from crm_core.editing import UNSET, Edited
from crm_core.tasks.model import NewTask, TaskChanges, TaskValues
from crm_core.users.model import UserChanges, UserValues


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: int = 7
    name: str = "Anna"
    owner: int | None = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    name: Edited[str] = UNSET
    owner: Edited[int | None] = UNSET


@pytest.mark.parametrize(
    ("changes", "after", "differing"),
    [
        (Changes(), Row(), []),
        (Changes(name="Anna"), Row(), []),
        (Changes(name=""), Row(name=""), ["name"]),
        (Changes(owner=None), Row(owner=None), ["owner"]),
        (Changes(owner=4, name="Bob"), Row(name="Bob", owner=4), ["name", "owner"]),
    ],
)
def test_a_change_is_laid_over_what_is_there(changes: Changes, after: Row, differing: list[str]) -> None:
    laid = editing.lay_over(Row(), changes)
    assert laid == after
    assert editing.differing(Row(), laid, changes) == differing


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({}, {"a": 1, "b": 2}),
        ({"a": None}, {"b": 2}),
        ({"c": 3, "x": None}, {"a": 1, "b": 2, "c": 3}),
        ({"a": 0}, {"a": 0, "b": 2}),
    ],
)
def test_fields_are_laid_over_and_none_removes_one(changes: dict[str, Any], after: dict[str, Any]) -> None:
    assert editing.lay_fields_over({"a": 1, "b": 2}, changes) == after


def test_only_what_is_named_is_cleaned() -> None:
    assert editing.cleaned(" x ", str.strip) == "x"
    assert editing.cleaned(UNSET, str.strip) is UNSET


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        (ContactChanges, [ContactValues]),
        (CompanyChanges, [CompanyValues]),
        (DealChanges, [DealValues]),
        (TaskChanges, [TaskValues, NewTask]),
        (UserChanges, [UserValues]),
    ],
)
def test_a_change_names_fields_of_the_row(changes: type[Any], rows: list[type[Any]]) -> None:
    assert editing.named(changes()) == {}, "nothing is changed by what is not named"
    for row in rows:
        assert _names(changes) <= _names(row)


def _names(kind: type[Any]) -> set[str]:
    return {field.name for field in fields(kind)}
