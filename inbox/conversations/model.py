"""A conversation under the lock of who changes it, and the messages it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.contract import Attachment


@dataclass(slots=True, kw_only=True)
class Conversation:
    """A conversation under the batch's lock, with what the batch makes of it. `root_id` is its living contact."""

    id: int
    channel_id: int
    contact_id: int
    handle_kind: str
    handle_value: str
    thread: str = ""
    subject: str = ""
    state: str = "open"
    assignee_id: int | None = None
    owner: str = "queue"
    fence: int = 1
    bot_state: dict[str, Any] = field(default_factory=dict[str, Any])
    language: str = ""
    unread: int = 0
    waiting_since: datetime | None = None
    message_count: int = 0
    last_text: str = ""
    last_outbound: bool = False
    last_at: datetime | None = None
    routed_why: str = ""
    is_new: bool = False
    is_machine: bool = False
    was_closed: bool = False
    needs_routing: str = ""
    had_assignee: int | None = None
    said: int = 0
    root_id: int = 0

    @property
    def key(self) -> tuple[int, str, str, str]:
        return (self.channel_id, self.handle_kind, self.handle_value, self.thread)

    def own(self, owner: str, assignee_id: int | None = None) -> None:
        """Give the voice to somebody else; the fence rises, so that what the one before meant to say is not said."""
        if (self.owner, self.assignee_id) != (owner, assignee_id):
            self.owner, self.assignee_id = owner, assignee_id
            self.fence += 1


@dataclass(slots=True, kw_only=True)
class NewMessage:
    """A message row to be written. `due_at` set means that it also goes into the outbox.

    `channel_id` is the channel that carries it where that is not the conversation's own (a form answered by mail).
    """

    conversation: Conversation
    direction: str
    author: str
    at: datetime
    text: str = ""
    html: str = ""
    history: str = ""
    subject: str = ""
    external_id: str | None = None
    journal_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    attachments: Sequence[Attachment] = ()
    due_at: datetime | None = None
    channel_id: int = 0
    sighted: Sequence[tuple[int, int]] = ()
    id: int = 0
