"""A saved view: a list with a name, of one's own or shared with everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 60
MOST = 50
"""Views of one person and object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view as it is kept; no columns and an empty order are those of the object. `is_own` says whether the reader made it."""

    id: int
    object: str
    name: str
    owner_id: int
    owner_name: str
    is_shared: bool
    is_own: bool
    columns: tuple[str, ...]
    order: str
    filter: Mapping[str, Any]
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What a view shows."""

    columns: tuple[str, ...]
    order: str
    filter: Mapping[str, Any]
