"""Contacts, their handles, and what is seen of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_core.editing import UNSET, Edited


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenHandle:
    """An address as an input showed it; `trust` is proven or claimed, `evidence` says why."""

    kind: str
    value: str
    trust: str
    evidence: str
    raw: str = ""
    channel_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderIdentity:
    """What one input shows of a person. The first handle is the primary one; `contact_id` when the thread tells who."""

    handles: tuple[SeenHandle, ...]
    name: str = ""
    name_source: str = ""
    language: str = ""
    contact_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Who a sighting is: the identity that keeps the rows, and the living contact; name and owner are the latter's.

    `said` is the sighting's own name where it is quite another: somebody else at the same address.
    """

    contact_id: int
    root_id: int
    is_new: bool
    name: str
    owner_id: int | None
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """An address of a contact. `unreachable` says why nothing can be sent there."""

    id: int
    contact_id: int
    kind: str
    value: str
    raw: str
    trust: str
    evidence: str
    channel_id: int | None
    unreachable: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A living contact with everything its card shows first."""

    id: int
    name: str
    name_source: str
    company_id: int | None
    company_name: str
    owner_id: int | None
    owner_name: str
    language: str
    note: str
    fields: Mapping[str, Any]
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    handles: tuple[Handle, ...] = ()
    identity_ids: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """What to call it: the name, or an address."""
        return self.name or next((handle.value for handle in self.handles), f"#{self.id}")

    def values(self, kind: str) -> list[str]:
        """All addresses of a kind, proven ones first."""
        return [handle.value for handle in self.handles if handle.kind == kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactValues:
    """What people edit of a contact, as it is kept; `name_source` follows the name."""

    name: str = ""
    name_source: str = ""
    company_id: int | None = None
    owner_id: int | None = None
    language: str = ""
    note: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a contact: `fields` as they are kept, one address of each kind."""

    id: int
    fields: Mapping[str, Any]
    addresses: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChanges:
    """An edit of a contact. `fields` are laid over the present ones, None removes one; `tags` are replaced."""

    name: Edited[str] = UNSET
    company_id: Edited[int | None] = UNSET
    owner_id: Edited[int | None] = UNSET
    language: Edited[str] = UNSET
    note: Edited[str] = UNSET
    fields: Edited[Mapping[str, Any]] = UNSET
    tags: Edited[Sequence[str]] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who used a contact's address under another name. `contact_id` is the living contact whose address it is."""

    id: int
    contact_id: int
    kind: str
    value: str
    name: str
    own_id: int | None
    seen_at: datetime
