"""What of a history is shown, and how close together: one line a thing that happened, the time once a minute. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_core.activity.model import Entry

ROUTINE = frozenset(("contact.created", "conversation.opened", "lead.created"))
"""What happens with every customer: folded behind what somebody did."""
CLOSED = frozenset(("deal.won", "deal.lost"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry; `has_time` on the last line of those of one minute and one person."""

    entry: Entry
    has_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is shown, and what is folded."""

    shown: Sequence[Line]
    routine: Sequence[Line]


def history(entries: Iterable[Entry]) -> History:
    """The lines of a history, newest first as it comes."""
    told = _once(entries)
    routine = [entry for entry in told if entry.kind in ROUTINE]
    return History(
        shown=_timed([entry for entry in told if entry.kind not in ROUTINE]), routine=_timed(routine)
    )


def _once(entries: Iterable[Entry]) -> list[Entry]:
    """A deal that is won or lost also changed its stage: that is one thing, told by its outcome."""
    kept = list(entries)
    ended = {(entry.deal_id, entry.at, entry.data.get("to")) for entry in kept if entry.kind in CLOSED}
    return [
        entry
        for entry in kept
        if entry.kind != "deal.stage_changed" or (entry.deal_id, entry.at, entry.data.get("to")) not in ended
    ]


def _timed(entries: Sequence[Entry]) -> list[Line]:
    following = [*entries[1:], None][: len(entries)]
    return [
        Line(entry=entry, has_time=other is None or _when(entry) != _when(other))
        for entry, other in zip(entries, following, strict=True)
    ]


def _when(entry: Entry) -> tuple[object, ...]:
    return entry.at.replace(second=0, microsecond=0), entry.user_id
