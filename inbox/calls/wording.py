"""A call in words, for lists of conversations. Pure."""

from __future__ import annotations

from inbox.calls.fold import Call
from values.sentences import Sentence, phrase

OUTCOMES = {
    "missed": phrase("missed"),
    "busy": phrase("busy"),
    "failed": phrase("failed"),
    "voicemail": phrase("voicemail"),
    "unknown": phrase("unknown"),
}


def sentence(call: Call) -> Sentence:
    if call.outbound:
        return phrase("Outgoing call, {outcome}", outcome=_outcome(call))
    return phrase("Incoming call, {outcome}", outcome=_outcome(call))


def _outcome(call: Call) -> str:
    if call.state != "ended":
        return phrase("in progress") if call.state == "answered" else phrase("ringing")
    if call.outcome == "answered":
        minutes, seconds = divmod(call.duration or 0, 60)
        return f"{minutes}:{seconds:02d}"
    return OUTCOMES.get(call.outcome, call.outcome)
