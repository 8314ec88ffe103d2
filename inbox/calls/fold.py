"""The fold of a call: every order of the same steps gives the same call. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from connectors.contract import CallStep, Step

CLOSED_OUTCOMES = ("answered", "voicemail", "busy", "failed", "missed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What the steps of one call tell together. `duration` is seconds of talk."""

    state: str
    outcome: str
    outbound: bool
    number: str
    user: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration: int | None
    recording_url: str

    @property
    def is_missed(self) -> bool:
        return self.state == "ended" and not self.outbound and self.outcome in ("missed", "busy", "voicemail")


def fold(steps: Iterable[CallStep]) -> Call:
    """The call that these steps describe; at least one step. Repeats by `key` count once."""
    distinct = {step.key: step for step in sorted(steps, key=_order)}
    told = sorted(distinct.values(), key=_order)
    answered = [step for step in told if step.step is Step.ANSWERED]
    ended = [step for step in told if step.step is Step.ENDED]
    last_end = ended[-1] if ended else None
    return Call(
        state="ended" if ended else "answered" if answered else "ringing",
        outcome=_outcome(answered, last_end),
        outbound=any(step.outbound for step in told),
        number=_first(step.number for step in told),
        user=_first(step.user for step in (*answered, *told)),
        started_at=min(step.at for step in told),
        answered_at=answered[0].at if answered else None,
        ended_at=last_end.at if last_end else None,
        duration=_duration(answered, ended),
        recording_url=_first(step.recording_url for step in told),
    )


def _order(step: CallStep) -> tuple[datetime, int, str]:
    return (step.at, list(Step).index(step.step), step.key)


def _outcome(answered: list[CallStep], end: CallStep | None) -> str:
    if end is None:
        return ""
    if end.outcome in CLOSED_OUTCOMES and end.outcome != "answered":
        return end.outcome
    return "answered" if answered or end.outcome == "answered" or (end.duration or 0) > 0 else "missed"


def _duration(answered: list[CallStep], ended: list[CallStep]) -> int | None:
    said = [step.duration for step in ended if step.duration is not None]
    if said:
        return max(said)
    if answered and ended:
        return max(0, int((ended[-1].at - answered[0].at).total_seconds()))
    return None


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")
