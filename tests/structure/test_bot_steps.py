"""A step of the bot is whole: reader, doer, words and what its readers are told of it; a condition has words too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatbot.condition_words import CONDITIONS
from chatbot.parts import StepOutline
from chatbot.reading.conditions import READERS
from chatbot.rules import Step
from chatbot.steps.table import BY_VALUE, KINDS
from values.sentences import Sentence

ROOM = Path(__file__).parents[2] / "chatbot"
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", (ROOM / "README.md").read_text(encoding="utf-8"), re.M))
FRAME = {"__init__", "kind", "table", "reading"}
PRESSED = {"buttons", "options"}
"""Keys that are shown as buttons, in words of their own."""


def test_every_step_stands_in_the_table() -> None:
    homes = {kind.value.__module__.rpartition(".")[2] for kind in KINDS.values()}
    assert homes == {path.stem for path in (ROOM / "steps").glob("*.py")} - FRAME
    assert {_named(step) for step in Step.__subclasses__()} == {_named(step) for step in BY_VALUE}
    assert len(BY_VALUE) == len(KINDS), "two verbs share a value"


def _named(step: type[Step]) -> str:
    """By name: a dataclass with slots is made twice."""
    return f"{step.__module__}.{step.__qualname__}"


@pytest.mark.parametrize("verb", KINDS)
def test_a_step_keeps_its_reader_and_doer_beside_its_value(verb: str) -> None:
    kind = KINDS[verb]
    assert {kind.read.__module__, kind.do.__module__} == {kind.value.__module__}


@pytest.mark.parametrize("verb", KINDS)
def test_a_step_has_words_for_itself_and_each_of_its_keys(verb: str) -> None:
    kind = KINDS[verb]
    shown = StepOutline(name="1", line=1, column=1, verb=verb, value="x")
    assert isinstance(kind.words.sentence(shown), Sentence)
    assert isinstance(kind.words.short(shown), Sentence)
    assert all(isinstance(remark("x"), Sentence) for remark in kind.words.remarks.values())
    told = {*kind.words.told, *kind.words.remarks}
    assert told | (PRESSED & set(kind.keys)) == set(kind.keys)
    assert not set(kind.words.told) & set(kind.words.remarks)


@pytest.mark.parametrize("verb", KINDS)
def test_a_step_and_its_keys_are_in_the_readme(verb: str) -> None:
    assert verb in ROWS, "give it a line in the table of steps"
    assert {key for key in KINDS[verb].keys if f"`{key}`" not in ROWS[verb]} == set()


def test_every_condition_has_words() -> None:
    assert set(CONDITIONS) == set(READERS)
