"""What a kind of step brings: its value, the keys it reads, its reader, what it does, and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

import yaml

from chatbot.parts import StepOutline
from chatbot.reading.reader import Reader
from chatbot.rules import Rule, Step
from chatbot.run import Run

S = TypeVar("S", bound=Step)
Entries: TypeAlias = "dict[str, yaml.Node]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How the list of steps and the graph tell a step: in a sentence, in a word or two for a box, and in a remark for each
    further key. Keys that the sentence has `told` get no remark; one without words of its own is shown as it is written."""

    sentence: Callable[[StepOutline], str]
    short: Callable[[StepOutline], str]
    told: tuple[str, ...] = ()
    remarks: Mapping[str, Callable[[str], str]] = field(default_factory=dict[str, Callable[[str], str]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[S]):
    """A kind of step.

    `read` notes every fault at its node and gives None for what cannot be run. `do` gets the rule, the step's name and
    the step; it gives the id of the rule that goes on, or None for the next step. `ends` tells whether nothing of the
    rule runs after it. `keys` are the keys that it may have besides its verb and `id`.
    """

    value: type[S]
    read: Callable[[Reader, yaml.Node, Entries], S | None]
    do: Callable[[Run, Rule, str, S], str | None]
    words: Words
    keys: tuple[str, ...] = ()
    ends: Callable[[S], bool] = lambda step: False


def always(step: Step) -> bool:
    """For steps that end their rule whatever is in them."""
    del step
    return True
