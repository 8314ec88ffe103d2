"""The fold of a call: every order of the same steps gives the same call. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.contract import CallStep, Step

NOBODY_TALKED = ("voicemail", "busy", "failed", "missed")
MISSED = ("missed", "busy", "voicemail")
SILENCE = "hub:silence"
"""Key of the end that we add ourselves when the provider lost its own; any real end takes its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What the steps of one call tell together. `duration` is seconds of talk.

    `user` is who talked (the last one after a transfer), `users` everybody who did, `ringing` whose telephones ring now.
    """

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
    users: tuple[str, ...] = ()
    ringing: tuple[str, ...] = ()
    recording_ref: str = ""

    @property
    def is_missed(self) -> bool:
        return self.state == "ended" and not self.outbound and self.outcome in MISSED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """The steps in their order, sorted out. `taken` are answers by a person; `talked` legs that ended with talk; `hung_up`
    is when the last leg ended of a call that is told by its legs alone and was answered."""

    steps: tuple[CallStep, ...]
    taken: tuple[CallStep, ...]
    talked: tuple[CallStep, ...]
    legs_ended: tuple[CallStep, ...]
    end: CallStep | None
    knows_legs: bool
    has_queue: bool
    hung_up: datetime | None


def fold(steps: Iterable[CallStep]) -> Call:
    """The call that these steps describe; at least one step. Repeats by `key` count once, as first told."""
    told = _told(steps)
    outcome = _outcome(told)
    ended_at = told.end.at if told.end else told.hung_up
    is_over = ended_at is not None
    talkers = _distinct(step.user for step in (*told.talked, *told.taken))
    ringing = () if is_over else _ringing(told)
    return Call(
        state="ended" if is_over else "answered" if told.taken else "ringing",
        outcome=outcome,
        outbound=any(step.outbound for step in told.steps),
        number=_first(step.number for step in told.steps),
        user=(talkers or ringing or _distinct(step.user for step in told.steps) or ("",))[-1],
        started_at=min(step.at for step in told.steps),
        answered_at=told.taken[0].at if told.taken else None,
        ended_at=ended_at,
        duration=_duration(told) if outcome == "answered" else None,
        recording_url=_first(step.recording_url for step in told.steps),
        users=talkers,
        ringing=ringing,
        recording_ref=_first(step.recording_ref for step in told.steps),
    )


def _told(steps: Iterable[CallStep]) -> _Told:
    distinct: dict[str, CallStep] = {}
    for step in sorted(steps, key=_order):
        distinct.setdefault(step.key, step)
    told = tuple(distinct.values())
    ended = [step for step in told if step.step is Step.ENDED]
    legs_ended = tuple(step for step in ended if step.leg)
    in_vain = {step.leg for step in legs_ended if step.outcome in NOBODY_TALKED}
    taken = tuple(step for step in told if step.step is Step.ANSWERED and step.leg not in in_vain)
    talked = tuple(step for step in legs_ended if step.leg not in in_vain and _says_talk(step))
    has_queue = any(step.step is Step.QUEUED for step in told)
    return _Told(
        steps=told,
        taken=taken,
        talked=talked,
        legs_ended=legs_ended,
        end=_end([step for step in ended if not step.leg]),
        knows_legs=has_queue or any(step.leg for step in told),
        has_queue=has_queue,
        hung_up=_hung_up(told) if taken or talked else None,
    )


def _hung_up(steps: Sequence[CallStep]) -> datetime | None:
    """When all legs had ended, where every step is a leg's: such an exchange tells no end of the whole call."""
    told = [step for step in steps if step.step is not Step.RECORDED]
    if not told or not all(step.leg for step in told) or any(step.step is Step.QUEUED for step in told):
        return None
    ends = {step.leg: step.at for step in told if step.step is Step.ENDED}
    is_open = any(step.leg not in ends or step.at > ends[step.leg] for step in told)
    return None if is_open else max(ends.values())


def _order(step: CallStep) -> tuple[object, ...]:
    """A total order: two steps that compare equal say the same."""
    said = (
        step.leg,
        step.user,
        step.number,
        step.outcome,
        step.recording_url,
        step.recording_ref,
        step.outbound,
    )
    return (
        step.at,
        list(Step).index(step.step),
        step.key,
        said,
        -1 if step.duration is None else step.duration,
    )


def _end(ends: Sequence[CallStep]) -> CallStep | None:
    """The end of the whole call: the last real one, else ours. One that says an outcome tells more than one that does not."""
    real = [step for step in ends if step.key != SILENCE] or list(ends)
    saying = [step for step in real if step.outcome or step.duration]
    return (saying or real or [None])[-1]


def _says_talk(end: CallStep) -> bool:
    return end.outcome == "answered" or (not end.outcome and (end.duration or 0) > 0)


def _outcome(told: _Told) -> str:
    """Where legs or a queue were told, only a person's answer counts, whatever the exchange calls the whole call."""
    if told.end is None:
        return "answered" if told.hung_up else ""
    if told.talked or any(step.leg for step in told.taken):
        return "answered"
    if told.end.outcome in NOBODY_TALKED:
        return told.end.outcome
    if told.taken or (not told.knows_legs and _says_talk(told.end)):
        return "answered"
    return _of_legs({step.outcome for step in told.legs_ended})


def _of_legs(outcomes: set[str]) -> str:
    if "voicemail" in outcomes:
        return "voicemail"
    return outcomes.pop() if len(outcomes) == 1 and outcomes <= {"busy", "failed"} else "missed"


def _duration(told: _Told) -> int | None:
    """Talk: as the end of the call says, where no time in a queue can be in it; else from the first answer to the end,
    unless the legs say more: the steps then came later than what they tell of."""
    whole = told.end.duration if told.end else None
    if whole is not None and not told.knows_legs:
        return whole
    legs = [step.duration for step in told.talked if step.duration is not None]
    said = min(sum(legs), whole) if legs and whole and whole >= max(legs) else sum(legs)
    ended_at = told.end.at if told.end else told.hung_up
    if told.taken and ended_at and not (told.end and told.end.key == SILENCE):
        seen = max(0, int((ended_at - told.taken[0].at).total_seconds()))
        if seen < max(legs, default=0):
            return said
        return whole if not seen and whole and not told.has_queue else seen
    return said if legs else whole


def _ringing(told: _Told) -> tuple[str, ...]:
    """Whose telephones ring: those that began and have not stopped; after an answer only those it was passed on to."""
    quiet = {step.leg for step in (*told.legs_ended, *told.taken)}
    return _distinct(
        step.user
        for step in told.steps
        if step.step is Step.RINGING
        and not (step.leg and step.leg in quiet)
        and not (told.taken and (not step.leg or step.at <= told.taken[-1].at))
    )


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    """Each once; after a transfer back the last place counts."""
    return tuple(reversed(dict.fromkeys(reversed([value for value in values if value]))))


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")
