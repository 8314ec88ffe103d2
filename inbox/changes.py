"""What changed, as every verb of the inbox returns it; the roof tells browsers after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change to show. `kind`: message, conversation, delivery, call, presence, channel, task, deal or job.

    `assignee_id` (and `previous_assignee_id` where it moved) say who may see it; None is nobody's, so every manager.
    """

    kind: str
    id: int | None = None
    conversation_id: int | None = None
    contact_id: int | None = None
    channel_id: int | None = None
    assignee_id: int | None = None
    previous_assignee_id: int | None = None
    data: Mapping[str, Any] = {}
