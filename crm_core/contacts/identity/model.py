"""What is known of the people in a batch, and what is to be written about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Key: TypeAlias = tuple[str, str]
"""Kind and normalised value of a handle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A contact that the database knows; `root_*` are those of the living contact, `has_proof`: a handle of its own is proven."""

    id: int
    root_id: int
    name: str
    name_source: str
    language: str
    root_name: str
    root_source: str
    owner_id: int | None
    company_id: int | None
    is_binned: bool
    has_proof: bool


@dataclass(slots=True, kw_only=True)
class Known:
    """Whose the handles of a batch are. `claimed` is by kind, value and evidence; `at` and `names` (the name that first came
    with it) by contact, kind and value;
    `guests` are names at an address that have contacts of their own, by kind, value and whether it was proven where they
    were split from."""

    people: dict[int, Person] = field(default_factory=dict[int, Person])
    proven: dict[Key, int] = field(default_factory=dict[Key, int])
    claimed: dict[tuple[str, str, str], int] = field(default_factory=dict[tuple[str, str, str], int])
    at: dict[tuple[int, str, str], str] = field(default_factory=dict[tuple[int, str, str], str])
    holders: dict[Key, set[int]] = field(default_factory=dict[Key, set[int]])
    names: dict[tuple[int, str, str], str] = field(default_factory=dict[tuple[int, str, str], str])
    guests: dict[tuple[str, str, str], list[tuple[str, int]]] = field(
        default_factory=dict[tuple[str, str, str], list[tuple[str, int]]]
    )


@dataclass(slots=True, kw_only=True)
class NewContact:
    """A contact to create; `domain` may lead to its company."""

    name: str = ""
    name_source: str = ""
    language: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A handle to write. `ref` is a contact's id, or -1, -2, ... for the new ones in order."""

    ref: int
    kind: str
    value: str
    raw: str
    trust: str
    evidence: str
    channel_id: int | None
    name: str = ""


@dataclass(slots=True, kw_only=True)
class Filled:
    """What was empty at a contact and is known now; `had_name` guards against a person who names it meanwhile."""

    had_name: str
    name: str = ""
    name_source: str = ""
    language: str = ""
    domain: str = ""


@dataclass(slots=True, kw_only=True)
class Plan:
    """What a batch of sightings means: who each is, and what is to be written.

    `said` is by sighting: quite another name than the contact's, else empty. `named` are handles `(ref, kind, value, name)`
    whose first name was not known yet; `guests` the other names at handles, in the same order.
    """

    refs: list[int] = field(default_factory=list[int])
    said: list[str] = field(default_factory=list[str])
    named: list[tuple[int, str, str, str]] = field(default_factory=list[tuple[int, str, str, str]])
    guests: list[tuple[int, str, str, str]] = field(default_factory=list[tuple[int, str, str, str]])
    new: list[NewContact] = field(default_factory=list[NewContact])
    added: list[Added] = field(default_factory=list[Added])
    upgraded: list[Added] = field(default_factory=list[Added])
    filled: dict[int, Filled] = field(default_factory=dict[int, Filled])
    joined: list[tuple[int, int, Key]] = field(default_factory=list[tuple[int, int, Key]])
    doubted: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
