"""Leads, and what asks for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

STATES = ("new", "qualified", "declined")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRequest:
    """A request that wants a lead. `source` has utm, referrer, landing_page, page and visits."""

    contact_id: int
    conversation_id: int | None = None
    channel_id: int | None = None
    source: Mapping[str, Any] | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRecords:
    """What a contact has open: its root, an open lead and deal of any of its identities, its company and name; `zone` is
    the time zone that most of the team live in."""

    root_id: int
    lead_id: int | None
    lead_title: str
    source_id: int | None
    deal_id: int | None
    company_id: int | None
    name: str
    company_name: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A request, qualified into a deal or declined in the end."""

    id: int
    contact_id: int
    root_id: int
    contact_name: str
    conversation_id: int | None
    channel_id: int | None
    owner_id: int | None
    owner_name: str
    title: str
    state: str
    reason: str
    created_at: datetime
    closed_at: datetime | None
    deal_id: int | None
    source: Mapping[str, Any] | None
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
