"""Role by ability: the whole table, so that nothing is granted by accident."""

from __future__ import annotations

from typing import get_args

import pytest

from crm_core.access.abilities import GRANTED, PRODUCT, ROLES, Ability, may, roles_with
from crm_core.users.model import SYSTEM, Viewer

#                       admin  manager ops
TABLE: dict[Ability, tuple[bool, bool, bool]] = {
    "profile":            (True, True, True),
    "jobs":               (True, True, True),
    "customers":          (True, True, False),
    "start available":    (False, True, False),
    "channels":           (True, False, True),
    "operations":         (True, False, True),
    "journal contents":   (True, False, False),
    "all customers":      (True, False, False),
    "all jobs":           (True, False, False),
    "absences of others": (True, False, False),
    "share views":        (True, True, False),
    "guide":              (True, False, False),
    "bot":                (True, False, False),
    "routing":            (True, False, False),
    "users":              (True, False, False),
    "settings":           (True, False, False),
    "integrations":       (True, False, False),
    "audit":              (True, False, False),
}  # fmt: skip


def test_every_ability_is_in_the_table() -> None:
    assert set(TABLE) == set(GRANTED) == set(get_args(Ability))
    assert {role for roles in GRANTED.values() for role in roles} <= set(ROLES)


@pytest.mark.parametrize("ability", TABLE)
def test_a_role_may_what_the_table_says(ability: Ability) -> None:
    assert tuple(may(role, ability) for role in ROLES) == TABLE[ability]
    assert roles_with(ability) == [role for role, has in zip(ROLES, TABLE[ability], strict=True) if has]
    assert may(PRODUCT, ability), "the product may do everything"
    assert SYSTEM.can(ability)
    assert not may("king", ability), "a role that is not known may nothing"


@pytest.mark.parametrize(
    ("role", "sees_all", "sql_id"),
    [
        ("admin", False, None),
        ("manager", True, None),
        ("manager", False, 7),
        ("ops", True, 7),
        ("ops", False, 7),
        ("king", True, 7),
    ],
)
def test_whose_rows_a_viewer_sees(role: str, sees_all: bool, sql_id: int | None) -> None:
    assert Viewer(user_id=7, role=role, sees_all=sees_all).sql_id == sql_id
