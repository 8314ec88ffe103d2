"""Steps of calls folded a second on one core, in processor time; each call folded anew at each of its steps, as they come."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.contract import CallStep, Handle, Person, Step
from inbox.calls.fold import fold

CALLER = Person(handles=(Handle(kind="phone", value="+12025550123"),))
BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
GROUPS = (1, 10)
"""How many telephones ring at once."""


def measure(*, seconds: float) -> list[dict[str, Any]]:
    """A row a size of the ringing group."""
    return [_one(telephones, seconds) for telephones in GROUPS]


def _one(telephones: int, seconds: float) -> dict[str, Any]:
    call = _call(telephones)
    taken = 0
    began = time.thread_time()
    while time.thread_time() - began < seconds:
        for known in range(1, len(call) + 1):
            fold(call[:known])
        taken += len(call)
    return {
        "telephones": telephones,
        "steps a call": len(call),
        "steps/s": round(taken / (time.thread_time() - began)),
    }


def _call(telephones: int) -> list[CallStep]:
    """A group rings, its last telephone takes it, it is recorded."""
    users = [str(11 + number) for number in range(telephones)]
    last = users[-1]
    return [
        *(_step(Step.RINGING, 0, user) for user in users),
        _step(Step.ANSWERED, 5, last),
        *(_step(Step.ENDED, 5, user, outcome="missed") for user in users[:-1]),
        _step(Step.ENDED, 65, last, outcome="answered"),
        _step(Step.ENDED, 65, "", outcome="answered"),
        _step(Step.RECORDED, 70, "", recording_url="https://pbx.example/1.mp3"),
    ]


def _step(kind: Step, at: int, user: str, **fields: Any) -> CallStep:
    return CallStep(
        call_id="c",
        key=f"{kind}:{at}:{user}",
        step=kind,
        at=BEGAN + timedelta(seconds=at),
        caller=CALLER,
        user=user,
        leg=user,
        **fields,
    )
