"""One run through the steps of a rule: collects what is said and done until it waits, ends, or has gone far enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chatbot.buttons import ButtonRule
from chatbot.conditions import Moment
from chatbot.model import (
    BotState,
    Button,
    Decision,
    Effect,
    SetField,
    Turn,
)
from chatbot.rules import Rule, RuleSet
from chatbot.speech import DID_YOU_MEAN, buttons_of, compose, fill, matter
from chatbot.texts import Text

MAX_EFFECTS = 20
MAX_SAVED = 50


@dataclass(slots=True, kw_only=True)
class Run:
    """The growing decision. `open_question` is the field asked for and the tries used up on it, over rules."""

    rules: RuleSet
    turn: Turn
    moment: Moment
    saved: dict[str, str]
    alone: int = 0
    why: list[str] = field(default_factory=list[str])
    said: list[str] = field(default_factory=list[str])
    buttons: list[Button] = field(default_factory=list[Button])
    effects: list[Effect] = field(default_factory=list[Effect])
    waits_at: tuple[str, str, int] | None = None
    open_question: tuple[str, int] | None = None
    is_retry: bool = False
    is_elsewhere: bool = False
    """Whether the person, asked for a number or an address, wrote of something else."""
    offered: tuple[str, ...] = ()
    calls: list[str] = field(default_factory=list[str])
    is_over: bool = False
    steps: int = 0
    began: str = ""

    def learn(self, name: str, value: str) -> None:
        self.save(name, value)
        self.add(SetField(name=name, value=value))

    def save(self, name: str, value: str) -> None:
        """Remember for this conversation alone."""
        if name in self.saved or len(self.saved) < MAX_SAVED:
            self.saved[name] = value

    def resume(self, state: BotState) -> None:
        """Unless the run waits or is over by itself: what was open before it is open again."""
        if not self.is_over and not self.waits_at and state.flow:
            self.waits_at = (state.flow, state.step, state.tries)
            self.calls = list(state.calls)

    def decision(self) -> Decision:
        """What came of it: the one answer first, then the effects in order."""
        say = compose(self.said, self.buttons, self.turn.abilities)
        effects = (say, *self.effects) if say else tuple(self.effects)
        flow, step, tries = self.waits_at or ("", "", 0)
        state = BotState(
            flow=flow,
            step=step,
            tries=tries,
            vars=self.saved,
            offered=self.offered,
            calls=tuple(self.calls) if self.waits_at else (),
            alone=self.alone,
        )
        return Decision(effects=effects, state=state, why=tuple(self.why), began=self.began)

    def text(self, text: Text | None, *, for_managers: bool = False) -> str:
        language = self.rules.language if for_managers else ""
        return fill(text, self.rules, self.turn, self.saved, language=language) if text else ""

    def ask_back(self, rules: Sequence[Rule]) -> None:
        """Ask which of two matters is meant; a press runs its rule."""
        self.speak(self.rules.understanding.did_you_mean or DID_YOU_MEAN)
        self.offer([matter(rule) for rule in rules])
        self.offered = tuple(rule.id for rule in rules)

    def speak(self, text: Text | None) -> None:
        if text:
            self.said.append(self.text(text))

    def end(self, effect: Effect) -> None:
        """The last effect of a run: nothing waits after it."""
        self.effects.append(effect)
        self.waits_at = None
        self.is_over = True

    def offer(self, written: Sequence[ButtonRule]) -> None:
        self.buttons = buttons_of(written, self.rules, self.turn, self.saved)

    def add(self, effect: Effect) -> None:
        if len(self.effects) < MAX_EFFECTS:
            self.effects.append(effect)
