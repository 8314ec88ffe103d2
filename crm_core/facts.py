"""What can happen to people, leads, deals and tasks: every kind of fact of this floor, with its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from msgspec import UNSET, UnsetType

from crm_core import bin_facts
from crm_core.events import Fact
from values.sentences import phrase

Change = Mapping[str, Any]
"""`{"field", "old", "new"}` of a changed field, as people read it (`crm_core.activity.changes`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCreated(Fact):
    kind: ClassVar = "contact.created"
    title: ClassVar = phrase("Contact created")
    scope: ClassVar = "contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactUpdated(Fact):
    """`added` and `removed` are addresses, `kind:value`."""

    kind: ClassVar = "contact.updated"
    title: ClassVar = phrase("Contact changed")
    scope: ClassVar = "contacts"
    words: ClassVar = ("changes", "added", "removed")

    changed: Sequence[str]
    changes: Sequence[Change] | UnsetType = UNSET
    added: str | UnsetType = UNSET
    removed: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMerged(Fact):
    """The contact has taken another one in."""

    kind: ClassVar = "contact.merged"
    title: ClassVar = phrase("Merged with another contact")
    scope: ClassVar = "contacts"
    words: ClassVar = ("reason",)

    absorbed_id: int
    reason: str
    merge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactUnmerged(Fact):
    kind: ClassVar = "contact.unmerged"
    title: ClassVar = phrase("Merge undone")
    scope: ClassVar = "contacts"
    words: ClassVar = ("reason",)

    absorbed_id: int
    reason: str
    merge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCreated(Fact):
    kind: ClassVar = "lead.created"
    title: ClassVar = phrase("New request")
    scope: ClassVar = "leads"
    words: ClassVar = ("title_",)

    title_: str
    channel_id: int | None
    lead_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadQualified(Fact):
    kind: ClassVar = "lead.qualified"
    title: ClassVar = phrase("Request became a deal")
    scope: ClassVar = "leads"

    lead_id: int
    owner_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDeclined(Fact):
    kind: ClassVar = "lead.declined"
    title: ClassVar = phrase("Request declined")
    scope: ClassVar = "leads"
    words: ClassVar = ("reason",)

    lead_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadReopened(Fact):
    kind: ClassVar = "lead.reopened"
    title: ClassVar = phrase("Request reopened")
    scope: ClassVar = "leads"

    lead_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRepeated(Fact):
    """Somebody asked again whose lead or deal is open. `source` says where they came from this time."""

    kind: ClassVar = "lead.repeated"
    title: ClassVar = phrase("Asked again")
    scope: ClassVar = "leads"
    words: ClassVar = ("title_", "source")

    title_: str
    channel_id: int | None
    source: Mapping[str, Any] | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class DealCreated(Fact):
    kind: ClassVar = "deal.created"
    title: ClassVar = phrase("Deal opened")
    scope: ClassVar = "deals"
    words: ClassVar = ("title_",)

    title_: str
    stage_id: int
    owner_id: int | None
    amount: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealUpdated(Fact):
    """What was changed stands beside `changed` with its new value, a note and further fields excepted."""

    kind: ClassVar = "deal.updated"
    title: ClassVar = phrase("Deal changed")
    scope: ClassVar = "deals"
    words: ClassVar = ("changes", "title_", "loss_reason")

    changed: Sequence[str]
    changes: Sequence[Change]
    currency: str
    title_: str | UnsetType = UNSET
    company_id_: int | UnsetType | None = UNSET
    owner_id: int | UnsetType | None = UNSET
    amount: int | UnsetType = UNSET
    loss_reason: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class DealStageChanged(Fact):
    """`stage` is the name of the new one."""

    kind: ClassVar = "deal.stage_changed"
    title: ClassVar = phrase("Stage changed")
    scope: ClassVar = "deals"
    words: ClassVar = ("reason",)

    from_: int
    to: int
    stage: str
    amount: int | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class DealWon(DealStageChanged):
    kind: ClassVar = "deal.won"
    title: ClassVar = phrase("Deal won")


@dataclass(frozen=True, slots=True, kw_only=True)
class DealLost(DealStageChanged):
    kind: ClassVar = "deal.lost"
    title: ClassVar = phrase("Deal lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCreated(Fact):
    kind: ClassVar = "task.created"
    title: ClassVar = phrase("Task added")
    scope: ClassVar = "tasks"
    words: ClassVar = ("title_",)

    task_id: int | None
    title_: str | UnsetType = UNSET
    kind_: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(Fact):
    kind: ClassVar = "task.done"
    title: ClassVar = phrase("Task done")
    scope: ClassVar = "tasks"
    words: ClassVar = ("title_", "reason")

    task_id: int
    reason: str
    title_: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReminded(Fact):
    kind: ClassVar = "task.reminded"
    title: ClassVar = phrase("Reminder")
    words: ClassVar = ("title_",)

    task_id: int
    title_: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten(Fact):
    kind: ClassVar = "note.written"
    title: ClassVar = phrase("Note")
    words: ClassVar = ("text",)

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActUndone(Fact):
    """`what` is the kind of the act, `text` what had been said by it."""

    kind: ClassVar = "act.undone"
    title: ClassVar = phrase("Undone")
    words: ClassVar = ("text",)

    what: str
    text: str | UnsetType = UNSET


KINDS: tuple[type[Fact], ...] = (
    ContactCreated,
    ContactUpdated,
    ContactMerged,
    ContactUnmerged,
    LeadCreated,
    LeadQualified,
    LeadDeclined,
    LeadReopened,
    LeadRepeated,
    DealCreated,
    DealUpdated,
    DealStageChanged,
    DealWon,
    DealLost,
    TaskCreated,
    TaskDone,
    TaskReminded,
    NoteWritten,
    ActUndone,
    *bin_facts.KINDS,
)
