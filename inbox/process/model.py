"""What a batch works on: understood inputs, conversations being changed, messages being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.contract import Attachment, Event, InboundMessage, Unread
from inbox.botruns.model import Count
from inbox.channels.model import LiveChannel
from inbox.intake.model import Stored
from inbox.process.naming import name_of
from values.sentences import joined, phrase

MAX_ATTEMPTS = 3
NOTHING = phrase("Nothing in it concerns the inbox.")
WEIGHTS = {"ignored": 0, "duplicate": 1, "quarantined": 2, "processed": 3}


@dataclass(slots=True)
class Work:
    """One journal row in processing. `outcome` is the row's state in the end; `reason` says why where it is not plain.

    `unread` are the reasons of its events that could not be read or processed; `is_sifted` says that those were looked for.
    """

    stored: Stored
    events: Sequence[Event] = ()
    outcome: str = ""
    reason: str = ""
    unread: list[str] = field(default_factory=list[str])
    is_sifted: bool = False

    @property
    def id(self) -> int:
        return self.stored.id

    @property
    def channel(self) -> LiveChannel:
        return self.stored.entry.channel

    def settle(self, outcome: str, reason: str = "") -> None:
        """The weightiest event of a request counts; what is said of the others is kept."""
        if reason and reason not in self.reason:
            self.reason = joined([self.reason, reason])
        if WEIGHTS[outcome] >= WEIGHTS.get(self.outcome, -1):
            self.outcome = outcome

    def close(self) -> None:
        """The last word, once every event has been settled: what was not read keeps the input in quarantine."""
        if not self.unread:
            if not self.outcome:
                self.settle(*(("processed",) if self.stored.done else ("ignored", NOTHING)))
            return
        is_partly = bool(self.outcome or self.stored.done)
        reason = self.unread[0]
        if more := len(self.unread) - 1:
            reason = phrase("{reason} And {more} more events of it.", reason=reason, more=more)
        self.outcome, self.reason = "partly" if is_partly else "quarantined", reason

    @property
    def done(self) -> list[str]:
        """Names of the events that need not be taken in again."""
        taken = {name_of(event) for event in self.events if not isinstance(event, Unread)}
        return sorted(taken | self.stored.done)


@dataclass(slots=True, kw_only=True)
class Talk:
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

    talk: Talk
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
    talk: Talk | None = None
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
