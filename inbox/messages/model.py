"""What a batch works on: understood inputs, conversations being changed, messages being written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connectors.contract import InboundMessage
from inbox.bot.analytics.model import Count
from inbox.conversations.model import Conversation
from inbox.intake.work import Work


@dataclass(slots=True, kw_only=True)
class Incoming:
    """A message of a batch that is not a repeat.

    `is_guest`: somebody else writes in the conversation. `sighted` are `(channel id, journal id)` of further copies.
    `parts` are external ids of what joined it in the same batch. `answers` is the message it answers, as the thread quotes it.
    `follows` is the message of the batch whose conversation it joins.
    `is_vouched`: the conversation's own proven handle is the contact's. `said` is its name where that is quite another than the
    contact's.
    """

    work: Work
    event: InboundMessage
    order: int
    conversation: Conversation | None = None
    contact_id: int = 0
    root_id: int = 0
    contact_owner_id: int | None = None
    is_new_contact: bool = False
    is_vouched: bool = False
    name: str = ""
    said: str = ""
    why: str = ""
    is_guest: bool = False
    sighted: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    counts: list[Count] = field(default_factory=list[Count])
    parts: list[str] = field(default_factory=list[str])
    answers: dict[str, Any] = field(default_factory=dict[str, Any])
    follows: Incoming | None = None
