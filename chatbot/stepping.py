"""Through the steps of rules: each is done until the run waits, ends, or has gone far enough."""

from __future__ import annotations

from chatbot.model import HandOver
from chatbot.rules import Rule
from chatbot.run import Run
from chatbot.steps.table import BY_VALUE
from values.sentences import phrase

MAX_STEPS = 50


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
            run.end(HandOver(reason=phrase("Rule {rule} did not come to an end.", rule=rule.id)))
            run.why.append(f"stopped after {MAX_STEPS} steps")
            return None
        goes_on = BY_VALUE[type(step)].do(run, rule, name, step)
        if goes_on is not None:
            return run.rules.by_id.get(goes_on)
        if run.is_over or run.waits_at:
            return None
    return None
