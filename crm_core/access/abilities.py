"""What each role may do, in one literal table. Pages, navigation, API, jobs and look-ups ask here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Ability: TypeAlias = Literal[
    "absences of others",
    "all customers",
    "all jobs",
    "audit",
    "bot",
    "channels",
    "customers",
    "guide",
    "integrations",
    "jobs",
    "journal contents",
    "operations",
    "profile",
    "routing",
    "settings",
    "share views",
    "start available",
    "users",
]

ROLES = ("admin", "manager", "ops")
PRODUCT = "system"
"""The role of the product itself, which may do everything and is nobody's."""

GRANTED: Mapping[Ability, frozenset[str]] = {
    "profile": frozenset({"admin", "manager", "ops"}),
    "jobs": frozenset({"admin", "manager", "ops"}),  # one's own
    "customers": frozenset({"admin", "manager"}),  # contacts, deals, tasks, conversations, calls
    "share views": frozenset({"admin", "manager"}),  # lists that everybody finds
    "start available": frozenset({"manager"}),  # takes new conversations as soon as the user is there
    "channels": frozenset({"admin", "ops"}),
    "operations": frozenset({"admin", "ops"}),  # journal, quarantine, ledger, outbox, alarms
    "journal contents": frozenset({"admin"}),  # also of inputs that could be read
    "all customers": frozenset({"admin"}),  # colleagues' too; a manager may be given it by `sees_all`
    "all jobs": frozenset({"admin"}),
    "absences of others": frozenset({"admin"}),
    "guide": frozenset({"admin"}),
    "bot": frozenset({"admin"}),
    "routing": frozenset({"admin"}),
    "users": frozenset({"admin"}),
    "settings": frozenset({"admin"}),
    "integrations": frozenset({"admin"}),  # tokens, webhooks
    "audit": frozenset({"admin"}),
}


def may(role: str, ability: Ability) -> bool:
    """Whether the role has the ability; a role that is not known has none. KeyError where there is no such ability."""
    return role in GRANTED[ability] or role == PRODUCT


def roles_with(ability: Ability) -> list[str]:
    """The roles of users that have the ability, in the order of ROLES."""
    return [role for role in ROLES if role in GRANTED[ability]]
