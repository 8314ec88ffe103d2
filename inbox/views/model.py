"""Conversations and messages as people see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inbox.files.model import FileRow

VIEWS = ("mine", "unassigned", "all", "waiting", "snoozed", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """A line of the conversation list; everything it shows stands on the row itself. `undelivered` is how our last words did
    not arrive: failed, unknown (nobody can tell) or held (until the channel's credentials are mended)."""

    id: int
    channel_id: int
    channel_name: str
    connector: str
    contact_id: int
    contact_name: str
    handle_kind: str
    handle_value: str
    subject: str
    state: str
    assignee_id: int | None
    assignee_name: str
    owner: str
    last_text: str
    last_outbound: bool
    last_at: datetime
    unread: int
    waiting_since: datetime | None
    snoozed_until: datetime | None
    undelivered: str = ""
    tags: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationDetails:
    """A conversation as a whole; `contact_id` is the living contact, `identity_id` the one it came from."""

    row: ConversationRow
    identity_id: int
    thread: str
    fence: int
    language: str
    routed_why: str
    last_message_id: int | None
    created_at: datetime
    closed_at: datetime | None

    @property
    def id(self) -> int:
        return self.row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message in a thread. `delivery` is empty for what was not sent by us; `undo_until` while it can be taken back.

    `subject_before` is the subject of the customer's message before this one.
    """

    id: int
    conversation_id: int
    channel_id: int
    direction: str
    author: str
    user_id: int | None
    user_name: str
    at: datetime
    created_at: datetime
    subject: str
    text: str
    has_html: bool
    history: str
    data: dict[str, Any]
    delivery: str
    delivery_reason: str
    undo_until: datetime | None
    subject_before: str | None
    files: tuple[FileRow, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A search hit: the conversation and the message that matched."""

    row: ConversationRow
    message_id: int | None
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorMessage:
    """A message as the customer sees it in the site chat; never a note."""

    id: int
    conversation_id: int
    direction: str
    author: str
    author_name: str
    text: str
    at: datetime
    external_id: str
    buttons: list[dict[str, str]]
    delivery: str
    files: tuple[FileRow, ...] = ()
