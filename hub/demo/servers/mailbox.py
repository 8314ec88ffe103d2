"""A mailbox in memory: what the small IMAP server shows and the simulated customers write into."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, islice

BOUND = 1_000
_validities = count(int(time.time()))


@dataclass(slots=True, kw_only=True)
class StoredMail:
    """One mail with its IMAP number and flags."""

    uid: int
    raw: bytes
    at: datetime
    flags: set[str] = field(default_factory=set[str])


class Mailbox:
    """A folder. Beyond `bound` mails the oldest goes, so that a demo may run for weeks."""

    def __init__(self, *, bound: int = BOUND) -> None:
        self.validity = next(_validities)
        self.next_uid = 1
        self.dropped = 0
        self.mails: list[StoredMail] = []
        self.changed = asyncio.Event()
        self._bound = bound

    def deliver(self, raw: bytes) -> int:
        """Put a mail in; returns its UID."""
        uid = self.next_uid
        self.next_uid += 1
        self.mails.append(StoredMail(uid=uid, raw=raw, at=datetime.now(UTC)))
        if len(self.mails) > self._bound:
            del self.mails[0]
            self.dropped += 1
        self.wake()
        return uid

    def start_anew(self) -> None:
        """What a server does after a restore from backup: other numbers for the same mails."""
        self.validity = next(_validities)
        for number, mail in enumerate(self.mails, start=1):
            mail.uid = number
        self.next_uid = len(self.mails) + 1
        self.wake()

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def numbered(self, chosen: str, *, by_uid: bool) -> Iterator[tuple[int, StoredMail]]:
        """Mails of a sequence set such as `1:5,9,20:*`, with their sequence numbers."""
        if not self.mails:
            return
        last = self.mails[-1].uid if by_uid else len(self.mails)
        ranges = [_range(part, last) for part in islice(chosen.split(","), 1_000)]
        for number, mail in enumerate(list(self.mails), start=1):
            key = mail.uid if by_uid else number
            if any(low <= key <= high for low, high in ranges):
                yield number, mail


def _range(part: str, last: int) -> tuple[int, int]:
    """Low and high of `5`, `5:9`, `5:*` or `*`. Raises ValueError."""
    ends = [last if end == "*" else int(end) for end in part.split(":")]
    if len(ends) > 2:
        raise ValueError(part)
    return min(ends), max(ends)
