"""Every order of the same steps gives the same call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import CallStep, Handle, Person, Step
from inbox.calls.fold import fold

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CALLER = Person(handles=(Handle(kind="phone", value="+12025550100"),))


def step(kind: Step, seconds: int, **fields: object) -> CallStep:
    return CallStep(
        call_id="c",
        key=f"{kind}:{seconds}",
        step=kind,
        at=START + timedelta(seconds=seconds),
        caller=CALLER,
        **fields,
    )


ANSWERED = [
    step(Step.RINGING, 0, user="11"),
    step(Step.ANSWERED, 5, user="12"),
    step(Step.ENDED, 65, duration=60),
    step(Step.RECORDED, 66, recording_url="https://pbx.test/1.mp3"),
]


def test_every_order_gives_the_same_call() -> None:
    calls = {fold(order) for order in permutations(ANSWERED)}
    assert len(calls) == 1
    call = calls.pop()
    assert (call.state, call.outcome, call.user, call.duration) == ("ended", "answered", "12", 60)


@given(st.lists(st.sampled_from(ANSWERED), min_size=1, max_size=12))
def test_repeats_change_nothing(steps: list[CallStep]) -> None:
    assert fold(steps) == fold(dict.fromkeys(steps))


@pytest.mark.parametrize(
    ("steps", "outcome", "missed"),
    [
        ([step(Step.RINGING, 0), step(Step.ENDED, 20)], "missed", True),
        ([step(Step.ENDED, 20, outcome="busy")], "busy", True),
        ([step(Step.ENDED, 20, outcome="voicemail"), step(Step.ANSWERED, 5)], "voicemail", True),
        ([step(Step.ENDED, 20, duration=12)], "answered", False),
        ([step(Step.ENDED, 20, outcome="missed", outbound=True)], "missed", False),
        ([step(Step.RINGING, 0)], "", False),
    ],
)
def test_outcomes(steps: list[CallStep], outcome: str, missed: bool) -> None:
    call = fold(steps)
    assert (call.outcome, call.is_missed) == (outcome, missed)
