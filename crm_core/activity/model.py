"""Facts as the history keeps them, and as a line of it shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

ABOUT = ("contact_id", "deal_id", "conversation_id", "company_id", "user_id")
"""The records that any fact may be about, and who did it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened; `user_id` is who did it, None the product."""

    id: int
    at: datetime
    kind: str
    contact_id: int | None
    deal_id: int | None
    conversation_id: int | None
    company_id: int | None
    user_id: int | None
    user_name: str
    data: Mapping[str, Any]
    undo: UUID | None = None
    """The act that it belongs to, where the reader can take that back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A fact as it stands in the history; `data` as it was written, by whatever version."""

    id: int
    at: datetime
    kind: str
    contact_id: int | None
    deal_id: int | None
    conversation_id: int | None
    company_id: int | None
    user_id: int | None
    data: Mapping[str, Any]

    def as_told(self) -> dict[str, Any]:
        """What webhooks bring of it."""
        about = {name: getattr(self, name) for name in ABOUT}
        return {"id": self.id, "at": self.at.isoformat(), "kind": self.kind, **about, "data": dict(self.data)}

    @property
    def record(self) -> str:
        """Whose order it keeps (`deal:7`): the record that it is about by its name, else the contact; empty: nobody's."""
        noun = self.kind.partition(".")[0]
        noun = {"message": "conversation", "call": "conversation"}.get(noun, noun)
        about = getattr(self, f"{noun}_id", None) or self.data.get(f"{noun}_id")
        if about:
            return f"{noun}:{about}"
        return f"contact:{self.contact_id}" if self.contact_id else ""
