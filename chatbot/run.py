"""One run through the steps of a rule: collects what is said and done until it waits, ends, or has gone far enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from chatbot.acting import ACTING
from chatbot.conditions import Moment
from chatbot.model import (
    AddTag,
    BotState,
    Button,
    Close,
    CreateTask,
    Decision,
    Effect,
    HandOver,
    SetField,
    Turn,
)
from chatbot.rules import (
    AskStep,
    ButtonRule,
    CallStep,
    CloseStep,
    GotoStep,
    HandOverStep,
    IfStep,
    Rule,
    RuleSet,
    SayStep,
    SetStep,
    TagStep,
    TaskStep,
)
from chatbot.speech import DID_YOU_MEAN, buttons_of, compose, fill, matter
from chatbot.texts import Text
from values.sentences import phrase, tidied

MAX_STEPS = 50
MAX_EFFECTS = 20
MAX_SAVED = 50
MAX_CALLS = 10


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

    def go(self, rule: Rule, place: int) -> None:
        """Do the steps of a rule from a place on, through every goto."""
        if not place and not self.is_retry and not self.began:
            self.began = rule.id
        current: Rule | None = rule
        while current:
            current = self._through(current, place)
            place = 0
            if current is None and not self.is_over and not self.waits_at and self.calls:
                current, place = self._back()

    def _back(self) -> tuple[Rule | None, int]:
        """Where the last call came from; a place that is gone since ends the run."""
        id_, _, step = self.calls.pop().partition(".")
        rule = self.rules.by_id.get(id_)
        place = rule.places.get(step) if rule else None
        if rule is None or place is None:
            self.calls.clear()
            return None, 0
        self.why.append(f"comes back to rule {id_}")
        return rule, place + 1

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

    def _through(self, rule: Rule, place: int) -> Rule | None:
        """Do steps until the rule is left; the rule to go on with."""
        for name, step in rule.steps[place:]:
            self.steps += 1
            if self.steps > MAX_STEPS:
                self.end(HandOver(reason=phrase("Rule {id} did not come to an end.", id=rule.id)))
                self.why.append(f"stopped after {MAX_STEPS} steps")
                return None
            if isinstance(step, GotoStep):
                self.why.append(f"goes on with rule {step.rule}")
                return self.rules.by_id.get(step.rule)
            if isinstance(step, IfStep):
                if rule_id := self._branch(step):
                    self.why.append(f"goes on with rule {rule_id}")
                    return self.rules.by_id.get(rule_id)
                continue
            if isinstance(step, CallStep):
                if len(self.calls) < MAX_CALLS:
                    self.calls.append(f"{rule.id}.{name}")
                self.why.append(f"calls rule {step.rule}")
                return self.rules.by_id.get(step.rule)
            DOING[type(step)](self, rule, name, step)
            if self.is_over or self.waits_at:
                return None
        return None

    def _branch(self, step: IfStep) -> str:
        """The rule that an `if` leads to; empty for the next step."""
        reasons = [check(step.when, self.moment) for check in step.checks]
        if any(reason is None for reason in reasons):
            return step.otherwise
        self.why.append(" and ".join(reason for reason in reasons if reason) or "the conditions hold")
        return step.then


def say(run: Run, rule: Rule, name: str, step: SayStep) -> None:
    if len(run.said) < run.rules.max_says:
        run.speak(_one_of(run, step))
    else:
        run.why.append(f"said enough: {rule.id}.{name} is left out")
    if step.buttons:
        run.offer(step.buttons)
        run.waits_at = (rule.id, name, 0)


def _one_of(run: Run, step: SayStep) -> Text:
    """One of the ways to say it, the same for the same message at the same time: a decision can be repeated."""
    ways = (step.text, *step.variants)
    turn = run.turn
    return ways[crc32(f"{turn.text}{turn.now.timestamp()}".encode("utf-8", "replace")) % len(ways)]


def ask(run: Run, rule: Rule, name: str, step: AskStep) -> None:
    """Ask unless the answer is known; on an open question of the same field the used-up tries count on."""
    if not step.again and (run.turn.known.get(step.save) or run.saved.get(step.save)):
        run.why.append(f"{step.save} is known")
        return
    field_, tries = run.open_question or ("", 0)
    tries = tries if field_ == step.save else 0
    if tries > step.retries or (run.is_retry and run.is_elsewhere):
        run.speak(step.give_up)
        tried = phrase("No {save} after {tries} tries.", save=step.save, tries=tries)
        run.end(
            HandOver(
                reason=phrase("Asked for {save}, they wrote of something else.", save=step.save)
                if run.is_elsewhere
                else tried
            )
        )
        run.why.append(f"gave up {rule.id}.{name}")
        return
    complains = (
        run.is_retry and tries == 1 and step.invalid is not None
    )  # the same complaint twice is a machine's
    run.speak(step.invalid if complains else step.text)
    run.offer(step.options + step.buttons)
    run.waits_at = (rule.id, name, tries)


def _short(text: str) -> str:
    return text[:200]


def set_field(run: Run, rule: Rule, name: str, step: SetStep) -> None:
    del rule, name
    run.learn(step.name, run.text(step.value)[:500])


def tag(run: Run, rule: Rule, name: str, step: TagStep) -> None:
    del rule, name
    run.add(AddTag(tag=step.tag))


def task(run: Run, rule: Rule, name: str, step: TaskStep) -> None:
    title = tidied(run.text(step.title, for_managers=True), _short)
    run.add(CreateTask(title=title or f"{rule.id}.{name}", due_in_minutes=step.due_in_minutes))


def hand_over(run: Run, rule: Rule, name: str, step: HandOverStep) -> None:
    del name
    reason = tidied(run.text(step.reason, for_managers=True), _short)
    run.end(HandOver(reason=reason or phrase("Rule {id} hands over.", id=rule.id), to=step.to))


def close(run: Run, rule: Rule, name: str, step: CloseStep) -> None:
    del name
    reason = tidied(run.text(step.reason, for_managers=True), _short)
    run.end(Close(reason=reason or phrase("Rule {id} closes.", id=rule.id)))


DOING: dict[type[Any], Callable[[Run, Rule, str, Any], None]] = {
    SayStep: say,
    AskStep: ask,
    SetStep: set_field,
    TagStep: tag,
    TaskStep: task,
    HandOverStep: hand_over,
    CloseStep: close,
    **ACTING,
}
