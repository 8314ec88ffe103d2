"""A call in words, for lists of conversations. Pure."""

from __future__ import annotations

from inbox.calls.fold import Call


def sentence(call: Call) -> str:
    who = "Outgoing call" if call.outbound else "Incoming call"
    if call.state != "ended":
        return f"{who}, {'in progress' if call.state == 'answered' else 'ringing'}"
    if call.outcome == "answered":
        minutes, seconds = divmod(call.duration or 0, 60)
        return f"{who}, {minutes}:{seconds:02d}"
    return f"{who}, {call.outcome}"
