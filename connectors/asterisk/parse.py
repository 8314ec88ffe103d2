"""From a journaled event of Asterisk to the steps of calls. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from connectors.asterisk import cdr
from connectors.asterisk.model import AnnotatedEvent, Note
from connectors.asterisk.people import caller
from connectors.asterisk.recordings import address
from connectors.asterisk.table import GONE
from connectors.asterisk.times import moment, seconds
from connectors.contract import (
    CallStep,
    ChannelConfig,
    Event,
    Ignored,
    Malformed,
    RawInput,
    Step,
    Unsupported,
)
from connectors.phones import number_of
from values.sentences import phrase

ENDS = {
    "BUSY": "busy",
    "NOANSWER": "missed",
    "CANCEL": "missed",
    "CONGESTION": "failed",
    "CHANUNAVAIL": "failed",
}
"""How a telephone was not reached. ANSWER is no end; whoever answers talks only once joined with the person outside."""
CAUSES = {
    "17": "busy",
    "21": "busy",
    "16": "missed",
    "18": "missed",
    "19": "missed",
    "26": "missed",
    "0": "missed",
}
"""Q.850 causes of a hang-up without talk; any other one is a failure."""
DECODER = msgspec.json.Decoder(AnnotatedEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Occasion:
    event: dict[str, str]
    note: Note
    at: datetime
    came: datetime
    channel: ChannelConfig

    def step(self, step: Step, key: str, **given: Any) -> CallStep:
        call = self.note.call
        return CallStep(
            call_id=self.note.id[:300],
            key=key[:400],
            step=step,
            at=given.pop("at", self.at),
            caller=caller(call.customer, name=call.name, call_id=self.note.id, region=self.channel.region),
            outbound=call.outbound,
            number=number_of(call.number, channel_region=self.channel.region),
            **given,
        )


def parse(raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
    """The steps of one event. Raises Malformed, and Unsupported for an event that is new to us."""
    try:
        told = DECODER.decode(raw.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(phrase("This is not an event of Asterisk as the journal keeps them.")) from None
    kind = told.event.get("Event", "")
    at = moment(told.event, raw.received_at)
    if kind == "Cdr":
        found: list[CallStep] = cdr.steps(told.event, channel, at=at, is_running=bool(told.calls))
        return found or [Ignored(reason=phrase("A record of a call between our own telephones."))]
    if kind not in READERS:
        raise Unsupported(phrase("an event “{kind}” of Asterisk", kind=kind[:60]))
    if not told.calls:
        return [Ignored(reason=phrase("It is of no call with somebody outside."))]
    occasions = [
        _Occasion(event=told.event, note=note, at=at, came=raw.received_at, channel=channel)
        for note in told.calls
        if note.id.strip()
    ]
    steps = {(step.call_id, step.key): step for occasion in occasions for step in READERS[kind](occasion)}
    return list(steps.values()) or [Ignored(reason=phrase("It changes nothing about the call by itself."))]


def _started(it: _Occasion) -> Iterator[CallStep]:
    if it.note.is_start:
        yield it.step(Step.QUEUED, "start")


def _rings(it: _Occasion) -> Iterator[CallStep]:
    if it.note.leg:
        yield it.step(Step.RINGING, f"ring:{it.note.leg}", leg=it.note.leg[:200], user=it.note.user[:200])


def _not_reached(it: _Occasion) -> Iterator[CallStep]:
    outcome = ENDS.get(it.event.get("DialStatus", ""))
    if outcome:
        yield _leg_ended(it, outcome)


def _queued(it: _Occasion) -> Iterator[CallStep]:
    yield it.step(Step.QUEUED, f"queue:{it.event.get('Queue', '')}:{it.event.get('Uniqueid', '')}")


def _talks(it: _Occasion) -> Iterator[CallStep]:
    for leg, user in it.note.talk:
        user = user or it.note.call.user if it.note.call.outbound else user
        yield it.step(Step.ANSWERED, f"answer:{leg}", leg=leg[:200], user=user[:200])


def _hung_up(it: _Occasion) -> Iterator[CallStep]:
    if it.note.is_over:
        yield from _over(it)
    elif it.note.leg:
        outcome = "answered" if it.note.has_talked else CAUSES.get(it.event.get("Cause", "0"), "failed")
        yield _leg_ended(it, outcome)


def _over(it: _Occasion) -> Iterator[CallStep]:
    call = it.note.call
    yield it.step(Step.ENDED, "end", outcome="voicemail" if call.is_mailbox and not call.talked else "")
    if url := address(call.recording, it.channel.settings):
        yield it.step(Step.RECORDED, "recorded", recording_url=url)


def _leg_ended(it: _Occasion, outcome: str) -> CallStep:
    """Whoever rings us and reaches nobody is missed, also where a telephone of ours was switched off."""
    if outcome == "failed" and not it.note.call.outbound:
        outcome = "missed"
    leg = it.note.leg
    return it.step(Step.ENDED, f"leave:{leg}", leg=leg[:200], user=it.note.user[:200], outcome=outcome)


def _found_running(it: _Occasion) -> Iterator[CallStep]:
    """A channel that was there when the line came back."""
    if it.note.is_start:
        began = it.at - timedelta(seconds=seconds(it.event.get("Duration", "")))
        yield it.step(Step.QUEUED, "start", at=began, user=it.note.user[:200])
    yield from _talks(it)


def _silent(it: _Occasion) -> Iterator[CallStep]:
    yield from ()


READERS: dict[str, Callable[[_Occasion], Iterator[CallStep]]] = {
    "Newchannel": _started,
    "Newstate": _started,
    "DialBegin": _rings,
    "DialEnd": _not_reached,
    "QueueCallerJoin": _queued,
    "QueueCallerAbandon": _silent,
    "BridgeEnter": _talks,
    "BridgeLeave": _silent,
    "BlindTransfer": _silent,
    "AttendedTransfer": _silent,
    "Rename": _silent,
    "VarSet": _silent,
    "Newexten": _silent,
    "Hangup": _hung_up,
    "CoreShowChannel": _found_running,
    GONE: _over,
}
"""Transfers are told by who joins the person outside; the events themselves are kept beside it."""
