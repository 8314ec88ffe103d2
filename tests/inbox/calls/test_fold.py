"""Every order of the same steps gives the same call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import CallStep, Handle, Person, Step
from inbox.calls.fold import SILENCE, Call, fold

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CALLER = Person(handles=(Handle(kind="phone", value="+12025550100"),))


def step(kind: Step, seconds: int, **fields: Any) -> CallStep:
    return CallStep(
        call_id="c",
        key=str(fields.pop("key", f"{kind}:{seconds}:{fields.get('leg', '')}")),
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


def rings(seconds: int, user: str = "", **fields: Any) -> CallStep:
    return step(Step.RINGING, seconds, user=user, leg=user, **fields)


def takes(seconds: int, user: str = "", **fields: Any) -> CallStep:
    return step(Step.ANSWERED, seconds, user=user, leg=user, **fields)


def leaves(seconds: int, user: str, **fields: Any) -> CallStep:
    return step(Step.ENDED, seconds, user=user, leg=user, **fields)


def queues(seconds: int) -> CallStep:
    return step(Step.QUEUED, seconds, user="sales")


def ends(seconds: int, **fields: Any) -> CallStep:
    return step(Step.ENDED, seconds, **fields)


STORIES: dict[str, tuple[list[CallStep], str, bool, str, int | None]] = {
    "a group rings, one takes it": (
        [
            rings(0, "11"),
            rings(0, "12"),
            takes(4, "12"),
            leaves(4, "11", outcome="missed"),
            leaves(64, "12", outcome="answered", duration=60),
            ends(64, outcome="answered", duration=64),
        ],
        "answered",
        False,
        "12",
        60,
    ),
    "another desk picks it up": (
        [rings(0, "11"), takes(5, "13"), leaves(5, "11", outcome="missed"), ends(35)],
        "answered",
        False,
        "13",
        30,
    ),
    "given up in the queue, completed for the exchange": (
        [
            queues(0),
            rings(5, "11"),
            leaves(20, "11", outcome="missed"),
            ends(90, outcome="answered", duration=90),
        ],
        "missed",
        True,
        "11",
        None,
    ),
    "given up in the queue before anybody rang": (
        [queues(0), ends(30, outcome="answered", duration=30)],
        "missed",
        True,
        "sales",
        None,
    ),
    "taken out of the queue": (
        [queues(0), takes(60, "11"), ends(100, outcome="answered", duration=100)],
        "answered",
        False,
        "11",
        40,
    ),
    "forwarded to a mobile whose mailbox took it": (
        [
            rings(0, "mobile"),
            takes(20, "mobile"),
            leaves(25, "mobile", outcome="voicemail"),
            ends(25, outcome="answered", duration=5),
        ],
        "voicemail",
        True,
        "mobile",
        None,
    ),
    "forwarded to a mobile that nobody took": (
        [
            step(Step.RINGING, 0),
            step(Step.ANSWERED, 3, user="mobile"),
            ends(30, outcome="missed", duration=27),
        ],
        "missed",
        True,
        "mobile",
        None,
    ),
    "blind transfer that is taken": (
        [
            takes(2, "11"),
            leaves(20, "11", outcome="answered", duration=18),
            rings(20, "12"),
            takes(25, "12"),
            ends(50),
        ],
        "answered",
        False,
        "12",
        48,
    ),
    "blind transfer that nobody takes": (
        [
            takes(2, "11"),
            leaves(20, "11", duration=18),
            rings(20, "12"),
            leaves(50, "12", outcome="missed"),
            ends(50, outcome="missed"),
        ],
        "answered",
        False,
        "11",
        48,
    ),
    "attended transfer": (
        [
            takes(2, "11"),
            rings(20, "12"),
            takes(24, "12"),
            leaves(40, "11", outcome="answered"),
            ends(70, duration=68),
        ],
        "answered",
        False,
        "12",
        68,
    ),
    "blonde transfer": (
        [takes(2, "11"), rings(20, "12"), leaves(22, "11", outcome="answered"), takes(31, "12"), ends(62)],
        "answered",
        False,
        "12",
        60,
    ),
    "transferred and given back": (
        [takes(2, "11"), takes(20, "12"), takes(40, "11", key="again"), ends(62)],
        "answered",
        False,
        "11",
        60,
    ),
    "the only telephone is busy": (
        [rings(0, "11"), leaves(1, "11", outcome="busy"), ends(1)],
        "busy",
        True,
        "11",
        None,
    ),
    "busy as a whole": ([ends(20, outcome="busy")], "busy", True, "", None),
    "nobody takes it": ([step(Step.RINGING, 0), ends(20)], "missed", True, "", None),
    "a message is left": (
        [step(Step.ANSWERED, 5), ends(20, outcome="voicemail")],
        "voicemail",
        True,
        "",
        None,
    ),
    "the answer was lost": ([step(Step.RINGING, 0), ends(20, duration=12)], "answered", False, "", 12),
    "the answer of a leg was lost": (
        [rings(0, "11"), leaves(40, "11", duration=33), ends(40, duration=40)],
        "answered",
        False,
        "11",
        33,
    ),
    "we called and nobody took it": ([ends(20, outcome="missed", outbound=True)], "missed", False, "", None),
    "click to call, only our own leg was taken": (
        [
            step(Step.QUEUED, 0, user="11", outbound=True),
            ends(30, outcome="answered", duration=30, outbound=True),
        ],
        "missed",
        False,
        "11",
        None,
    ),
    "click to call, both legs": (
        [
            step(Step.QUEUED, 0, user="11", outbound=True),
            step(Step.ANSWERED, 9, user="11", outbound=True),
            ends(30),
        ],
        "answered",
        False,
        "11",
        21,
    ),
    "its end was lost": ([takes(5, "11"), ends(9000, key=SILENCE)], "answered", False, "11", None),
    "its end came after all": ([takes(5, "11"), ends(5, key=SILENCE), ends(65)], "answered", False, "11", 60),
    "missed by silence, answered in truth": (
        [step(Step.RINGING, 0), ends(0, key=SILENCE), ends(70, duration=65)],
        "answered",
        False,
        "",
        65,
    ),
    "two ends, one of them says nothing": ([ends(20, outcome="busy"), ends(21)], "busy", True, "", None),
    "it still rings": ([step(Step.RINGING, 0)], "", False, "", None),
}


@pytest.mark.parametrize("story", STORIES)
def test_stories(story: str) -> None:
    steps, outcome, missed, user, duration = STORIES[story]
    call = fold(steps)
    assert (call.outcome, call.is_missed, call.user, call.duration) == (outcome, missed, user, duration)


@pytest.mark.parametrize("story", STORIES)
def test_every_order_of_a_story_gives_the_same_call(story: str) -> None:
    assert len({fold(order) for order in permutations(STORIES[story][0])}) == 1


@given(st.data())
def test_any_steps_in_any_order_with_any_repeats_give_the_same_call(data: st.DataObject) -> None:
    """Not only stories that make sense: whatever providers send, order and repeats do not matter."""
    users = st.sampled_from(["", "11", "12"])
    made = st.builds(
        step,
        st.sampled_from(Step),
        st.integers(0, 3),
        user=users,
        leg=users,
        number=st.sampled_from(["", "+12025550199"]),
        duration=st.none() | st.integers(0, 2),
        outcome=st.sampled_from(["", "answered", "missed", "busy", "voicemail"]),
        outbound=st.booleans(),
        key=st.sampled_from([*"abcdef", SILENCE]),
        recording_url=st.sampled_from(["", "https://pbx.test/1.mp3"]),
    )
    steps = data.draw(st.lists(made, min_size=1, max_size=7))
    shuffled = data.draw(st.permutations([*steps, *data.draw(st.lists(st.sampled_from(steps), max_size=5))]))
    assert fold(shuffled) == fold(steps)


def test_it_rings_where_it_began_and_has_not_stopped() -> None:
    told = [rings(0, "11"), rings(0, "12"), leaves(9, "11", outcome="missed"), rings(10, "13")]
    assert fold(told).ringing == ("12", "13")
    assert fold([*told, takes(12, "13")]).ringing == ()
    assert _said(fold([*told, takes(12, "13")])) == ("answered", "", "13")
    assert fold([*told, takes(12, "13"), rings(30, "14")]).ringing == ("14",)


def _said(call: Call) -> tuple[str, str, str]:
    return (call.state, call.outcome, call.user)
