"""Deals, pipelines with their stages, and the board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_core.editing import UNSET, Edited


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedRequest:
    """A conversation that was just given to somebody and stands on a deal card from now on."""

    contact_id: int
    conversation_id: int | None
    channel_id: int | None
    owner_id: int | None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeal:
    """A deal to write at the top of a stage."""

    contact_id: int
    pipeline_id: int
    stage_id: int
    title: str
    company_id: int | None = None
    lead_id: int | None = None
    conversation_id: int | None = None
    channel_id: int | None = None
    source_id: int | None = None
    owner_id: int | None = None
    amount: int = 0
    currency: str = "USD"
    note: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class DealValues:
    """What people edit of a deal, as it is kept, with whose and where it is."""

    contact_id: int
    stage_id: int
    title: str
    company_id: int | None
    owner_id: int | None
    amount: int
    currency: str
    fields: Mapping[str, Any]
    note: str
    loss_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealChanges:
    """An edit of a deal; `amount` in minor units. `fields` are laid over the present ones, None removes one."""

    title: Edited[str] = UNSET
    company_id: Edited[int | None] = UNSET
    owner_id: Edited[int | None] = UNSET
    amount: Edited[int] = UNSET
    currency: Edited[str] = UNSET
    fields: Edited[Mapping[str, Any]] = UNSET
    note: Edited[str] = UNSET
    loss_reason: Edited[str] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A column of the board; `kind` is open, won or lost."""

    id: int
    pipeline_id: int
    name: str
    position: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A way of selling, stage by stage."""

    id: int
    name: str
    currency: str
    stages: tuple[Stage, ...]

    def first_open(self) -> Stage:
        """Where a deal begins."""
        return next((stage for stage in self.stages if stage.kind == "open"), self.stages[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A deal as the board and lists show it. `has_task`: something is to be done for it, or for its contact who has no other
    open deal; `is_begun`: it has left the first stage."""

    id: int
    title: str
    contact_id: int
    root_id: int
    contact_name: str
    company_name: str
    pipeline_id: int
    stage_id: int
    owner_id: int | None
    owner_name: str
    amount: int
    currency: str
    rank: float
    stage_since: datetime
    next_task_at: datetime | None
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    conversation_id: int | None
    channel_id: int | None
    has_task: bool = False
    is_begun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A deal with everything its card shows."""

    id: int
    title: str
    contact_id: int
    root_id: int
    contact_name: str
    company_id: int | None
    company_name: str
    lead_id: int | None
    conversation_id: int | None
    channel_id: int | None
    source: Mapping[str, Any] | None
    pipeline_id: int
    stage_id: int
    stage_name: str
    stage_kind: str
    owner_id: int | None
    owner_name: str
    amount: int
    currency: str
    fields: Mapping[str, Any]
    note: str
    loss_reason: str
    stage_since: datetime
    next_task_at: datetime | None
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A stage with its counts and first cards; `sums` are minor units by currency. `next` is the cursor of the rest."""

    stage: Stage
    deals: int
    sums: Mapping[str, int]
    cards: tuple[Card, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSnapshot:
    """What the house has of a contact: its manager (name and address, or nobody), tags, the newest open deal, a lead.

    `fields` are texts of the deal by name; with its own title as `title`.
    """

    contact_id: int
    owner_id: int | None = None
    owner: tuple[str, ...] = ()
    name: str = ""
    tags: frozenset[str] = frozenset()
    pipeline: str = ""
    stage: str = ""
    has_lead: bool = False
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
