"""Records that went into the bin and came out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from msgspec import UNSET, UnsetType

from crm_core.events import Fact
from values.sentences import phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDeleted(Fact):
    kind: ClassVar = "contact.deleted"
    title: ClassVar = phrase("Contact moved to the bin")
    scope: ClassVar = "contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRestored(Fact):
    kind: ClassVar = "contact.restored"
    title: ClassVar = phrase("Contact restored from the bin")
    scope: ClassVar = "contacts"

    why: str | UnsetType = UNSET
    """`wrote`: they wrote again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyDeleted(Fact):
    kind: ClassVar = "company.deleted"
    title: ClassVar = phrase("Company moved to the bin")
    scope: ClassVar = "companies"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRestored(Fact):
    kind: ClassVar = "company.restored"
    title: ClassVar = phrase("Company restored from the bin")
    scope: ClassVar = "companies"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDeleted(Fact):
    kind: ClassVar = "lead.deleted"
    title: ClassVar = phrase("Request moved to the bin")
    scope: ClassVar = "leads"

    lead_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRestored(Fact):
    kind: ClassVar = "lead.restored"
    title: ClassVar = phrase("Request restored from the bin")
    scope: ClassVar = "leads"

    lead_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DealDeleted(Fact):
    kind: ClassVar = "deal.deleted"
    title: ClassVar = phrase("Deal moved to the bin")
    scope: ClassVar = "deals"


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRestored(Fact):
    kind: ClassVar = "deal.restored"
    title: ClassVar = phrase("Deal restored from the bin")
    scope: ClassVar = "deals"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDeleted(Fact):
    kind: ClassVar = "task.deleted"
    title: ClassVar = phrase("Task moved to the bin")
    scope: ClassVar = "tasks"

    task_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRestored(Fact):
    kind: ClassVar = "task.restored"
    title: ClassVar = phrase("Task restored from the bin")
    scope: ClassVar = "tasks"

    task_id: int


KINDS: tuple[type[Fact], ...] = (
    ContactDeleted,
    ContactRestored,
    CompanyDeleted,
    CompanyRestored,
    LeadDeleted,
    LeadRestored,
    DealDeleted,
    DealRestored,
    TaskDeleted,
    TaskRestored,
)
