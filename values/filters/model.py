"""A filter as it is written: groups of conditions. Nothing here knows what the fields are; `binding` does.

As JSON, where `v` is the version of the form and stands at the top alone:

    {"v": 1, "all": [["deal.x_budget", ">=", 500], {"any": [["deal.owner", "empty"], ["deal.owner", "=", 7]]},
                     {"not": ["deal.title", "contains", "test"]},
                     {"has": "deal.tasks", "where": {"all": [["task.done_at", "empty"]]}},
                     {"count": "deal.messages", "op": ">=", "value": 3}]}

A path begins with the object whose records are filtered; inside `where` with the object that the relation leads to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

VERSION = 1


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them; none at all lets everything pass."""

    items: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them."""

    items: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What the other one leaves out, records without a value included."""

    item: Filter


@dataclass(frozen=True, slots=True)
class Condition:
    """What a field must be. `value` is JSON; operators that need none have None."""

    path: str
    op: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Related:
    """How many related records pass `where`: `op` and `number` as in `>= 1`, which means that there is one."""

    path: str
    op: str = ">="
    number: int = 1
    where: Filter = field(default_factory=All)


Filter: TypeAlias = All | AnyOf | Not | Condition | Related
