"""An alarm, who is told of it, and the letter that tells; every kind of alarm with its title, its page and its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from values.sentences import phrase

KINDS: Mapping[str, str] = {
    "credentials": phrase("A channel needs new credentials"),
    "quarantine": phrase("Inputs are in quarantine"),
    "silence": phrase("A channel is unusually silent"),
    "refused": phrase("A door refuses requests"),
    "unsent": phrase("Messages do not go out"),
    "provider": phrase("A provider tells of trouble"),
    "reactions": phrase("Reactions to what happened have failed"),
}
PLACES: Mapping[str, str] = {
    "quarantine": "/quarantine?channel={subject}",
    "unsent": "/outbox?channel={subject}",
    "reactions": "/runs",
}
"""The page where a kind is looked after; the channel's own where none is named."""
REMEDIES: Mapping[str, str] = {"reactions": phrase("See what failed, and try it again")}
"""What is to be done, where the sentence does not say it: words for a link to that page."""
WAYS: Mapping[str, str] = {"mail": "email", "telegram": "telegram"}
"""How one is told, and the connector whose channel carries it."""


def place_of(kind: str, subject: str) -> str:
    return PLACES.get(kind, "/channels/{subject}").format(subject=quote(subject))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that is wrong, or is over, without its times. `subject` is a channel's short name, or a reaction's."""

    kind: str
    subject: str
    sentence: str
    is_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that is wrong now. `subject` is a channel's short name, or a reaction's."""

    kind: str
    subject: str
    sentence: str
    since: datetime
    dismissed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Nobody has taken note of it yet."""
        return self.dismissed_at is None

    @property
    def href(self) -> str:
        return place_of(self.kind, self.subject)

    @property
    def remedy(self) -> str:
        return REMEDIES.get(self.kind, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Who is told, how, of what; `reason` is why the last letter did not go out."""

    id: int
    way: str
    address: str
    channel_id: int
    kinds: list[str]
    language: str
    told_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told, with the short name of the channel that carries it."""

    id: int
    way: str
    address: str
    channel: str
    kinds: list[str]
    language: str
    told_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One that is to go out: what of, and to whom."""

    id: int
    kind: str
    subject: str
    is_over: bool
    sentence: str
    attempts: int
    way: str
    address: str
    channel_id: int
    language: str
