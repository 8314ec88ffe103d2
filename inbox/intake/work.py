"""An input in processing: its events, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.contract import Event, Unread
from inbox.channels.model import LiveChannel
from inbox.intake.model import Stored
from inbox.intake.naming import name_of
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
