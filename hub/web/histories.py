"""What of a history is shown, and how close together: one line a thing that happened, the time once a minute. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_core.activity.model import Entry

ROUTINE = frozenset(
    ("contact.created", "conversation.opened", "lead.created", "lead.qualified", "task.reminded")
)
"""What happens with every customer: folded behind what somebody did."""
BY_ITSELF = frozenset(
    ("conversation.assigned", "conversation.handed_over", "conversation.reopened", "deal.created")
)
"""Routine where no person did it."""
CLOSED = frozenset(("deal.won", "deal.lost"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry; `has_time` on the last line of those of one minute and one person that are seen together."""

    entry: Entry
    has_time: bool
    is_routine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All lines, newest first, and how many of them are folded."""

    lines: Sequence[Line]
    folded: int

    @property
    def is_all_folded(self) -> bool:
        return self.folded == len(self.lines)


def history(entries: Iterable[Entry]) -> History:
    """The lines of a history, newest first as it comes."""
    told = _once(entries)
    lines = [
        Line(entry=entry, has_time=_ends(told[n + 1 :], entry), is_routine=_is_routine(entry))
        for n, entry in enumerate(told)
    ]
    return History(lines=lines, folded=sum(line.is_routine for line in lines))


def _once(entries: Iterable[Entry]) -> list[Entry]:
    """A deal that is won or lost also changed its stage: that is one thing, told by its outcome."""
    kept = list(entries)
    ended = {(entry.deal_id, entry.at, entry.data.get("to")) for entry in kept if entry.kind in CLOSED}
    return [
        entry
        for entry in kept
        if entry.kind != "deal.stage_changed" or (entry.deal_id, entry.at, entry.data.get("to")) not in ended
    ]


def _is_routine(entry: Entry) -> bool:
    return entry.kind in ROUTINE or (entry.kind in BY_ITSELF and entry.user_id is None)


def _ends(following: Sequence[Entry], entry: Entry) -> bool:
    """Whether the minute of an entry ends with it; what is folded does not end that of what is shown."""
    seen = following if _is_routine(entry) else [other for other in following if not _is_routine(other)]
    return not seen or _when(seen[0]) != _when(entry)


def _when(entry: Entry) -> tuple[object, ...]:
    return entry.at.replace(second=0, microsecond=0), entry.user_id
