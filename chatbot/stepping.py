"""Through the steps of rules: each is done until the run waits, ends, or has gone far enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zlib import crc32

from chatbot.acting import ACTING
from chatbot.model import AddTag, Close, CreateTask, HandOver
from chatbot.rules import Rule
from chatbot.run import Run
from chatbot.steps import (
    AskStep,
    CallStep,
    CloseStep,
    GotoStep,
    HandOverStep,
    IfStep,
    SayStep,
    SetStep,
    TagStep,
    TaskStep,
)
from chatbot.texts import Text
from values.sentences import phrase, tidied

MAX_STEPS = 50
MAX_CALLS = 10


def go(run: Run, rule: Rule, place: int) -> None:
    """Do the steps of a rule from a place on, through every goto."""
    if not place and not run.is_retry and not run.began:
        run.began = rule.id
    current: Rule | None = rule
    while current:
        current = _through(run, current, place)
        place = 0
        if current is None and not run.is_over and not run.waits_at and run.calls:
            current, place = _back(run)


def _back(run: Run) -> tuple[Rule | None, int]:
    """Where the last call came from; a place that is gone since ends the run."""
    id_, _, step = run.calls.pop().partition(".")
    rule = run.rules.by_id.get(id_)
    place = rule.places.get(step) if rule else None
    if rule is None or place is None:
        run.calls.clear()
        return None, 0
    run.why.append(f"comes back to rule {id_}")
    return rule, place + 1


def _through(run: Run, rule: Rule, place: int) -> Rule | None:
    """Do steps until the rule is left; the rule to go on with."""
    for name, step in rule.steps[place:]:
        run.steps += 1
        if run.steps > MAX_STEPS:
            run.end(HandOver(reason=f"Rule {rule.id} did not come to an end."))
            run.why.append(f"stopped after {MAX_STEPS} steps")
            return None
        if isinstance(step, GotoStep):
            run.why.append(f"goes on with rule {step.rule}")
            return run.rules.by_id.get(step.rule)
        if isinstance(step, IfStep):
            if rule_id := _branch(run, step):
                run.why.append(f"goes on with rule {rule_id}")
                return run.rules.by_id.get(rule_id)
            continue
        if isinstance(step, CallStep):
            if len(run.calls) < MAX_CALLS:
                run.calls.append(f"{rule.id}.{name}")
            run.why.append(f"calls rule {step.rule}")
            return run.rules.by_id.get(step.rule)
        DOING[type(step)](run, rule, name, step)
        if run.is_over or run.waits_at:
            return None
    return None


def _branch(run: Run, step: IfStep) -> str:
    """The rule that an `if` leads to; empty for the next step."""
    reasons = [check(step.when, run.moment) for check in step.checks]
    if any(reason is None for reason in reasons):
        return step.otherwise
    run.why.append(" and ".join(reason for reason in reasons if reason) or "the conditions hold")
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
                reason=f"Asked for {step.save}, they wrote of something else." if run.is_elsewhere else tried
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
